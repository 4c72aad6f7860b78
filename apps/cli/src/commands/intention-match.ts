import type { IntentionMatches } from '@mesh/api-contract';
import { boolFlag, CommandError } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { INTENTIONS, intentionLine } from '../intention-target.ts';

export const command = defineApiCommand({
  usage: 'consul intention match [options] NAME',
  about: `Lists the intentions that match a service, in the order in which they decide.

    $ consul intention match db
    $ consul intention match -source web`,
  connection: 'server',
  flags: {
    destination: boolFlag('Match the service as a destination; the default.'),
    source: boolFlag('Match the service as a source.'),
  },
  async run({ flags, args, print, api }) {
    const [name] = args;
    if (args.length !== 1) {
      throw new CommandError('Error: command requires exactly one argument: src or dst');
    }
    if (flags.source && flags.destination) {
      throw new CommandError('Error: only one of -source or -destination may be specified');
    }
    const query = { by: flags.source ? 'source' : 'destination', name: name! };
    const client = api();
    const work = client.get<IntentionMatches>(`${INTENTIONS}/match`, query);
    const matches = await attempt('Error matching the connection', work);
    for (const intention of Object.values(matches).flat()) print(intentionLine(intention));
    return 0;
  },
});
