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
    const work = api().get<Readonly<Record<string, unknown>>>(CA_CONFIGURATION);
    const { ForceWithoutCrossSigning, CreateIndex, ModifyIndex, ...settings } = await attempt(
      'Error querying CA configuration',
      work,
    );
    // The original's client leaves it out where it is not so.
    const forced = ForceWithoutCrossSigning ? { ForceWithoutCrossSigning } : {};
    print(goJson({ ...settings, ...forced, CreateIndex, ModifyIndex }, '\t'));
    return 0;
  },
});
