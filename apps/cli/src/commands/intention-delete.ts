import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { INTENTIONS, intentionId } from '../intention-target.ts';

export const command = defineApiCommand({
  usage: 'consul intention delete [options] SRC DST | ID',
  about: `Deletes an intention, named by its ID or by its source and destination.

    $ consul intention delete web db
    $ consul intention delete 1ba4a2a1-0000-4000-8000-2a7d2e45a9c1`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    const client = api();
    const id = await intentionId(client, args);
    const path = `${INTENTIONS}/${encodeURIComponent(id)}`;
    await attempt('Error deleting the intention', client.delete(path));
    print('Intention deleted.');
    return 0;
  },
});
