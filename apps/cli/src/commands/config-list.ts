import { CommandError, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { configPath } from '../config-entry-file.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul config list [options]',
  about: `Lists the names of the configuration entries of a kind.

    $ consul config list -kind=service-defaults`,
  connection: 'namespaced',
  flags: { kind: textFlag('Kind of the entries.') },
  async run({ flags: { kind }, args, print, api }) {
    noArguments(args);
    if (kind === '') throw new CommandError('Must specify the -kind parameter');
    const work = api().get<readonly { readonly Name: string }[]>(configPath(kind));
    const entries = await attempt(`Error listing config entries for kind "${kind}"`, work);
    for (const { Name } of entries) print(Name);
    return 0;
  },
});
