import type { AutopilotConfiguration, AutopilotSettings } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';
import { boolFlag, CommandError, durationFlag, intFlag, textFlag } from '@mesh/cli-kit';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

const PATH = '/v1/operator/autopilot/configuration';

export const command = defineApiCommand({
  usage: 'consul operator autopilot set-config [options]',
  about: `Changes what autopilot goes by; what no flag names stays as it is. Fails when
somebody else changes it at the same time.

    $ consul operator autopilot set-config -cleanup-dead-servers=false
    $ consul operator autopilot set-config -server-stabilization-time=30s`,
  connection: 'server',
  flags: {
    'cleanup-dead-servers': boolFlag('Take out failed servers when enough others remain.'),
    'disable-upgrade-migration': boolFlag('No move to newer servers; an enterprise feature.'),
    'last-contact-threshold': durationFlag(
      'A server that heard nothing of the leader for longer is unhealthy.',
    ),
    'max-trailing-logs': intFlag('A server further behind the leader, in entries, is unhealthy.'),
    'min-quorum': intFlag('How many voters must remain when dead ones are taken out.'),
    'redundancy-zone-tag': textFlag('Metadata key with the zone; an enterprise feature.'),
    'server-stabilization-time': durationFlag(
      'How long a new server must have been healthy before it gets a vote.',
    ),
    'upgrade-version-tag': textFlag('Metadata key with the version; an enterprise feature.'),
  },
  async run({ flags, given, args, print, api }) {
    noArguments(args);
    const changes: AutopilotSettings = {
      CleanupDeadServers: flags['cleanup-dead-servers'],
      LastContactThreshold: formatDuration(flags['last-contact-threshold']),
      MaxTrailingLogs: flags['max-trailing-logs'],
      MinQuorum: flags['min-quorum'],
      ServerStabilizationTime: formatDuration(flags['server-stabilization-time']),
      RedundancyZoneTag: flags['redundancy-zone-tag'],
      DisableUpgradeMigration: flags['disable-upgrade-migration'],
      UpgradeVersionTag: flags['upgrade-version-tag'],
    };
    const names = Object.keys(changes).filter((name) => given.has(flagName(name)));
    const named = Object.fromEntries(
      names.map((name) => [name, changes[name as keyof AutopilotSettings]]),
    );
    const client = api();
    const work = client.get<AutopilotConfiguration>(PATH);
    const present = await attempt('Error querying Autopilot configuration', work);
    if (!(await update(client, { ...present, ...named }))) {
      throw new CommandError('Configuration could not be atomically updated, please try again');
    }
    print('Configuration updated!');
    return 0;
  },
});

/** Writes a configuration unless it has changed since it was read; false when it has. */
async function update(api: AgentApi, next: AutopilotConfiguration): Promise<boolean> {
  const { CreateIndex: _created, ModifyIndex, ...settings } = next;
  const query = { cas: String(ModifyIndex) };
  const body = JSON.stringify(settings);
  const work = api.put(PATH, { query, body });
  return (await attempt('Error setting Autopilot configuration', work)).trim() === 'true';
}

/** `MaxTrailingLogs` -> `max-trailing-logs`. */
function flagName(setting: string): string {
  return setting.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
