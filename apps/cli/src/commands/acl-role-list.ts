import { ROLES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, metaFlag, printList } from '../acl/output-format.ts';
import type { Role } from '../acl/records.ts';
import { roleListLayout } from '../acl/role-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl role list [options]',
  about: `Lists all roles.

    $ consul acl role list -format=json`,
  connection: 'namespaced',
  flags: { format: formatFlag, meta: metaFlag },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const work = api().get<readonly Role[] | null>(ROLES.list);
    const roles = await attempt('Failed to retrieve the role list', work);
    printList(roleListLayout, roles, flags, print);
    return 0;
  },
});
