import { boolFlag, CommandError, type FlagValues, textFlag } from '@mesh/cli-kit';
import {
  grantFlags,
  grantsAnything,
  mergedLinks,
  mergedNodes,
  mergedServices,
  roleFlags,
  type WantedGrants,
  wantedGrants,
} from '../acl/grants.ts';
import { Lookup, pathOf, putRecord, TOKENS } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { Token } from '../acl/records.ts';
import { tokenLayout } from '../acl/token-text.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

const FLAGS = {
  ...grantFlags,
  ...roleFlags,
  description: textFlag('New description.'),
  format: formatFlag,
  id: textFlag('Accessor of the token, or the beginning of it; or anonymous. Required.'),
  'merge-node-identities': boolFlag('Keep the node identities it has.'),
  'merge-policies': boolFlag('Keep the policies it has.'),
  'merge-roles': boolFlag('Keep the roles it has.'),
  'merge-service-identities': boolFlag('Keep the service identities it has.'),
  meta: metaFlag,
  'upgrade-legacy': boolFlag(
    'Of a token of before 1.4: put the policies in the place of its rules; its secret stays.',
  ),
};

export const command = defineApiCommand({
  usage: 'consul acl token update -id ID [options]',
  about: `Changes a token. The policies, roles and identities that are given take the place of
those it has, of which it keeps none without the -merge flag of their kind. Whether it is local
cannot be changed.

    $ consul acl token update -id=986193 -description=Wonder -merge-policies -merge-roles
    $ consul acl token update -id=anonymous -policy-name=nodes
    $ consul acl token update -id=5793a5ce -upgrade-legacy -policy-name=app`,
  connection: 'namespaced',
  flags: FLAGS,
  async run({ flags, given, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '') {
      throw new CommandError('Cannot update a token without specifying the -id parameter');
    }
    const client = api();
    const id = await new Lookup(client, TOKENS).id(flags.id);
    const grants = await wantedGrants(client, flags);
    const reading = client.get<Token>(pathOf(TOKENS, id));
    const token = await attempt(`Error reading token "${id}"`, reading);
    checkLegacy(token, flags);
    const { Rules: _rules, Legacy: _legacy, ...now } = token;
    const wanted = {
      ...now,
      Description: given.has('description') ? flags.description : now.Description,
      ...mergedGrants(now, grants, flags),
    };
    const work = putRecord<Token>(client, pathOf(TOKENS, id), wanted);
    const stored = await attempt(`Failed to update token "${id}"`, work);
    print(formatted(tokenLayout, stored, flags));
    return 0;
  },
});

type Values = FlagValues<typeof FLAGS>;

function mergedGrants(now: Token, added: WantedGrants, flags: Values): WantedGrants {
  return {
    Policies: flags['merge-policies'] ? mergedLinks(now.Policies, added.Policies) : added.Policies,
    Roles: flags['merge-roles'] ? mergedLinks(now.Roles, added.Roles) : added.Roles,
    ServiceIdentities: flags['merge-service-identities']
      ? mergedServices(now.ServiceIdentities, added.ServiceIdentities)
      : added.ServiceIdentities,
    NodeIdentities: flags['merge-node-identities']
      ? mergedNodes(now.NodeIdentities, added.NodeIdentities)
      : added.NodeIdentities,
  };
}

/**
 * Refuses an update that would take the rules of a token of before 1.4 away unasked, or without anything in
 * their place. @throws CommandError
 */
function checkLegacy({ AccessorID, Rules, Legacy }: Token, flags: Values): void {
  const isLegacy = Legacy === true || Boolean(Rules);
  const upgrade = flags['upgrade-legacy'];
  if (upgrade && !isLegacy) {
    throw new CommandError(
      `Token "${AccessorID}" has no rules of its own: -upgrade-legacy is for tokens of before 1.4`,
    );
  }
  if (upgrade && !grantsAnything(flags)) {
    throw new CommandError(
      '-upgrade-legacy takes the rules away: give what comes in their place, such as -policy-name',
    );
  }
  if (isLegacy && !upgrade) {
    throw new CommandError(
      `Token "${AccessorID}" is of before 1.4 and has rules of its own, which an update takes ` +
        'away: -upgrade-legacy puts policies in their place',
    );
  }
}
