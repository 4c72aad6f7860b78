import { textFlag } from '@mesh/cli-kit';
import { idOfEither } from '../acl/id-or-name.ts';
import { pathOf, ROLES } from '../acl/lookup.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl role delete [options]',
  about: `Deletes a role, named by ID, the beginning of it, or name. Tokens that have it lose what it
gives.

    $ consul acl role delete -name=ops`,
  connection: 'namespaced',
  flags: {
    id: textFlag('ID of the role, or the beginning of it.'),
    name: textFlag('Name of the role.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    const id = await idOfEither(api, ROLES, flags);
    await attempt(`Error deleting role "${id}"`, api().delete(pathOf(ROLES, id)));
    print(`Role "${id}" deleted successfully`);
    return 0;
  },
});
