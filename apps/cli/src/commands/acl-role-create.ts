import { CommandError, textFlag } from '@mesh/cli-kit';
import { grantFlags, grantsAnything, wantedGrants } from '../acl/grants.ts';
import { putRecord, ROLES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Role } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import { roleLayout } from '../acl/role-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl role create -name NAME [options]',
  about: `Creates a role: policies and identities under one name, to be given to tokens.

    $ consul acl role create -name=ops -policy-name=app -service-identity=web:dc1`,
  connection: 'namespaced',
  flags: {
    ...grantFlags,
    description: textFlag('Description of the role.'),
    format: formatFlag,
    meta: metaFlag,
    name: textFlag('Name of the role. Required.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    requireFlag('name', flags.name);
    checkFormat(flags.format);
    if (!grantsAnything(flags)) {
      throw new CommandError(
        'Cannot create a role without specifying -policy-name, -policy-id, -service-identity, ' +
          'or -node-identity at least once',
      );
    }
    const client = api();
    const { Roles: _none, ...grants } = await wantedGrants(client, flags);
    const wanted = { Name: flags.name, Description: flags.description, ...grants };
    const work = putRecord<Role>(client, ROLES.one, wanted);
    print(formatted(roleLayout, await attempt('Failed to create new role', work), flags));
    return 0;
  },
});
