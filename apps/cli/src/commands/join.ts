import { boolFlag, CommandError } from '@mesh/cli-kit';
import { encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { UsageError } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul join [options] address ...',
  about: `Makes a running agent join a cluster through any of its members. One address
that works is enough.`,
  connection: 'agent',
  flags: { wan: boolFlag('Join servers of another datacenter.') },
  async run({ flags, args, print, complain, api }) {
    if (args.length === 0) throw new UsageError('At least one address to join must be specified.');
    const agent = api();
    let joined = 0;
    for (const address of args) {
      try {
        const query = { wan: flags.wan ? '1' : undefined };
        await agent.put(`/v1/agent/join/${encodePath(address)}`, { query });
        joined++;
      } catch (error) {
        complain(`Error joining address '${address}': ${(error as Error).message}`);
      }
    }
    if (joined === 0) throw new CommandError('Failed to join any nodes.');
    print(`Successfully joined cluster by contacting ${joined} nodes.`);
    return 0;
  },
});
