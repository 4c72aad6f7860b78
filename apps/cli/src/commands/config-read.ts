import { CommandError, goJson, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { configPath } from '../config-entry-file.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul config read [options]',
  about: `Shows a configuration entry as JSON.

    $ consul config read -kind=proxy-defaults -name=global`,
  connection: 'namespaced',
  flags: {
    kind: textFlag('Kind of the entry.'),
    name: textFlag('Name of the entry.'),
  },
  async run({ flags: { kind, name }, args, print, api }) {
    noArguments(args);
    if (kind === '') throw new CommandError('Must specify the -kind parameter');
    if (name === '') throw new CommandError('Must specify the -name parameter');
    const work = api().get<unknown>(configPath(kind, name));
    print(goJson(await attempt(`Error reading config entry ${kind}/${name}`, work), '    '));
    return 0;
  },
});
