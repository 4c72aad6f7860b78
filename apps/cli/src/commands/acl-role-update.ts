import { boolFlag, CommandError, type FlagValues, textFlag } from '@mesh/cli-kit';
import {
  grantFlags,
  mergedLinks,
  mergedNodes,
  mergedServices,
  type WantedGrants,
  wantedGrants,
} from '../acl/grants.ts';
import { getIfThere, Lookup, pathOf, putRecord, ROLES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Role } from '../acl/records.ts';
import { roleLayout } from '../acl/role-text.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

const FLAGS = {
  ...grantFlags,
  description: textFlag('New description.'),
  format: formatFlag,
  id: textFlag('ID of the role, or the beginning of it. Required.'),
  meta: metaFlag,
  name: textFlag('New name.'),
  'no-merge': boolFlag('Set every field: what is not given becomes empty.'),
};

export const command = defineApiCommand({
  usage: 'consul acl role update -id ID [options]',
  about: `Changes a role: the name and description that are given replace what it has, policies
and identities are added to what it has, unless -no-merge sets all.

    $ consul acl role update -id=1d9c163a -name=operators
    $ consul acl role update -id=1d9c163a -policy-name=nodes`,
  connection: 'namespaced',
  flags: FLAGS,
  async run({ flags, given, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '') {
      throw new CommandError('Cannot update a role without specifying the -id parameter');
    }
    if (flags['no-merge'] && flags.name === '') {
      throw new CommandError('-no-merge sets every field: the -name parameter is needed, too');
    }
    const client = api();
    const ID = await new Lookup(client, ROLES).id(flags.id);
    const grants = await wantedGrants(client, flags);
    const wanted = flags['no-merge']
      ? { ID, Name: flags.name, Description: flags.description, ...withoutRoles(grants) }
      : merged(await roleOf(client, ID), grants, { flags, given });
    const work = putRecord<Role>(client, pathOf(ROLES, ID), wanted);
    print(formatted(roleLayout, await attempt(`Error updating role "${ID}"`, work), flags));
    return 0;
  },
});

function withoutRoles({ Roles: _none, ...grants }: WantedGrants) {
  return grants;
}

async function roleOf(api: AgentApi, id: string): Promise<Role> {
  const reading = getIfThere<Role>(api, pathOf(ROLES, id));
  const role = await attempt(`Error reading role "${id}"`, reading);
  if (!role) throw new CommandError(`Role not found with ID "${id}"`);
  return role;
}

function merged(
  now: Role,
  grants: WantedGrants,
  { flags, given }: { flags: FlagValues<typeof FLAGS>; given: ReadonlySet<string> },
) {
  return {
    ID: now.ID,
    Name: given.has('name') ? flags.name : now.Name,
    Description: given.has('description') ? flags.description : now.Description,
    Policies: mergedLinks(now.Policies, grants.Policies),
    ServiceIdentities: mergedServices(now.ServiceIdentities, grants.ServiceIdentities),
    NodeIdentities: mergedNodes(now.NodeIdentities, grants.NodeIdentities),
  };
}
