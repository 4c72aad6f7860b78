import { CommandError, textFlag } from '@mesh/cli-kit';
import { idOfEither } from '../acl/id-or-name.ts';
import { getIfThere, pathOf, ROLES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Role } from '../acl/records.ts';
import { roleLayout } from '../acl/role-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl role read [options]',
  about: `Shows a role, named by ID, the beginning of it, or name.

    $ consul acl role read -id=1d9c163a
    $ consul acl role read -name=ops -format=json`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    id: textFlag('ID of the role, or the beginning of it.'),
    meta: metaFlag,
    name: textFlag('Name of the role.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const id = await idOfEither(api, ROLES, flags);
    const work = getIfThere<Role>(api(), pathOf(ROLES, id));
    const role = await attempt(`Error reading role "${id}"`, work);
    if (!role) throw new CommandError(`Role not found with ID "${id}"`);
    print(formatted(roleLayout, role, flags));
    return 0;
  },
});
