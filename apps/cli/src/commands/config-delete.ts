import { CommandError, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { configPath } from '../config-entry-file.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul config delete [options]',
  about: `Deletes a configuration entry.

    $ consul config delete -kind=service-defaults -name=web`,
  connection: 'server',
  flags: {
    kind: textFlag('Kind of the entry.'),
    name: textFlag('Name of the entry.'),
  },
  async run({ flags: { kind, name }, args, print, api }) {
    noArguments(args);
    if (kind === '') throw new CommandError('Must specify the -kind parameter');
    if (name === '') throw new CommandError('Must specify the -name parameter');
    const work = api().delete(configPath(kind, name));
    await attempt(`Error deleting config entry ${kind}/${name}`, work);
    print(`Config entry deleted: ${kind}/${name}`);
    return 0;
  },
});
