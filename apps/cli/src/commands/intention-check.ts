import { CommandError } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { INTENTIONS } from '../intention-target.ts';

export const command = defineApiCommand({
  usage: 'consul intention check [options] SRC DST',
  about: `Tells whether services named SRC may connect to services named DST, by the
intentions there are and by the default. Exit code 0 is yes, 1 no, 2 an error.

    $ consul intention check web db`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const [source, destination] = args;
    if (args.length !== 2) {
      throw new CommandError('Error: command requires exactly two arguments: src and dst', 2);
    }
    const query = { source: source!, destination: destination!, 'source-type': 'consul' };
    const client = api();
    const work = client.get<{ Allowed: boolean }>(`${INTENTIONS}/check`, query);
    const answer = await attempt('Error checking the connection', work).catch((error) => {
      throw new CommandError((error as Error).message, 2);
    });
    print(answer.Allowed ? 'Allowed' : 'Denied');
    return answer.Allowed ? 0 : 1;
  },
});
