import { CommandError, textFlag } from '@mesh/cli-kit';
import { Lookup, pathOf, TOKENS } from '../acl/lookup.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl token delete -id ID [options]',
  about: `Deletes a token: who uses it is refused from now on.

    $ consul acl token delete -id=59f8`,
  connection: 'namespaced',
  flags: { id: textFlag('Accessor of the token, or the beginning of it. Required.') },
  async run({ flags, args, print, api }) {
    noArguments(args);
    if (flags.id === '') throw new CommandError('Must specify the -id parameter');
    const client = api();
    const id = await new Lookup(client, TOKENS).id(flags.id);
    await attempt(`Error deleting token "${id}"`, client.delete(pathOf(TOKENS, id)));
    print(`Token "${id}" deleted successfully`);
    return 0;
  },
});
