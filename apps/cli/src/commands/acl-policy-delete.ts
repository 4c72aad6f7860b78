import { textFlag } from '@mesh/cli-kit';
import { idOfEither } from '../acl/id-or-name.ts';
import { POLICIES, pathOf } from '../acl/lookup.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl policy delete [options]',
  about: `Deletes a policy, named by ID, the beginning of it, or name. Tokens that have it lose what it
gives.

    $ consul acl policy delete -name=app`,
  connection: 'namespaced',
  flags: {
    id: textFlag('ID of the policy, or the beginning of it.'),
    name: textFlag('Name of the policy.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    const id = await idOfEither(api, POLICIES, flags);
    await attempt(`Error deleting policy "${id}"`, api().delete(pathOf(POLICIES, id)));
    print(`Policy "${id}" deleted successfully`);
    return 0;
  },
});
