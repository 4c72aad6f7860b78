import { CommandError, textFlag } from '@mesh/cli-kit';
import { BINDING_RULES, Lookup, pathOf } from '../acl/lookup.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl binding-rule delete -id ID [options]',
  about: `Deletes a binding rule. Tokens that are there keep what it gave them.

    $ consul acl binding-rule delete -id=0ec1bd`,
  connection: 'namespaced',
  flags: { id: textFlag('ID of the rule, or the beginning of it. Required.') },
  async run({ flags, args, print, api }) {
    noArguments(args);
    if (flags.id === '') throw new CommandError('Must specify the -id parameter');
    const client = api();
    const id = await new Lookup(client, BINDING_RULES).id(flags.id);
    await attempt(`Error deleting binding rule "${id}"`, client.delete(pathOf(BINDING_RULES, id)));
    print(`Binding rule "${id}" deleted successfully`);
    return 0;
  },
});
