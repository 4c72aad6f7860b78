import { boolFlag } from '@mesh/cli-kit';
import { encodePath } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, UsageError } from '../command.ts';

export const command = defineApiCommand({
  usage: 'consul force-leave [options] name',
  about: `Declares a failed member to have left, so that nobody waits for it and its
services go from the catalog at once. A member that lives will be back.`,
  connection: 'agent',
  flags: { prune: boolFlag('Forget the member altogether.') },
  async run({ flags, args, api }) {
    if (args.length !== 1) {
      throw new UsageError('A single node name must be specified to force leave.');
    }
    const query = { prune: flags.prune ? '1' : undefined };
    const path = `/v1/agent/force-leave/${encodePath(args[0]!)}`;
    await attempt('Error force leaving', api().put(path, { query }));
    return 0;
  },
});
