import { defineApiCommand } from '../api-command.ts';
import { attempt, UsageError } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul leave [options]',
  about: 'Makes the agent leave the cluster and end. Returns when it has left.',
  connection: 'agent',
  flags: {},
  async run({ args, print, api }) {
    if (args.length > 0) throw new UsageError(`Error found unexpected args: [${args.join(' ')}]`);
    await attempt('Error leaving', api().put('/v1/agent/leave'));
    print('Graceful leave complete');
    return 0;
  },
});
