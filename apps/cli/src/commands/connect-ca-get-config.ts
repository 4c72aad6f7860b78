import { goJson } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { CA_CONFIGURATION } from '../ca-configuration.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul connect ca get-config [options]',
  about: `Shows how the certificate authority of the mesh is set up, as JSON that set-config takes.
Keys are not shown.

    $ consul connect ca get-config > ca.json`,
  connection: 'server',
  flags: {},
  async run({ args, print, api }) {
    noArguments(args);
    const work = api().get<unknown>(CA_CONFIGURATION);
    print(goJson(await attempt('Error querying CA configuration', work), '\t'));
    return 0;
  },
});
