import type { AutopilotConfiguration } from '@mesh/api-contract';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul operator autopilot get-config [options]',
  about: `Prints what autopilot goes by: which servers it calls healthy, when new ones get a
vote, and whether dead ones go.`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    noArguments(args);
    const work = api().get<AutopilotConfiguration>('/v1/operator/autopilot/configuration');
    const found = await attempt('Error querying Autopilot configuration', work);
    print(`CleanupDeadServers = ${found.CleanupDeadServers}`);
    print(`LastContactThreshold = ${found.LastContactThreshold}`);
    print(`MaxTrailingLogs = ${found.MaxTrailingLogs}`);
    print(`MinQuorum = ${found.MinQuorum}`);
    print(`ServerStabilizationTime = ${found.ServerStabilizationTime}`);
    print(`RedundancyZoneTag = ${JSON.stringify(found.RedundancyZoneTag)}`);
    print(`DisableUpgradeMigration = ${found.DisableUpgradeMigration}`);
    print(`UpgradeVersionTag = ${JSON.stringify(found.UpgradeVersionTag)}`);
    return 0;
  },
});
