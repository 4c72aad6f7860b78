import { boolFlag, CommandError, type FlagValues, listFlag, textFlag } from '@mesh/cli-kit';
import { Lookup, POLICIES, pathOf, putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import { policyLayout } from '../acl/policy-text.ts';
import type { Policy } from '../acl/records.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { readTextArgument } from '../data-argument.ts';
import { noArguments } from '../no-arguments.ts';

const FLAGS = {
  description: textFlag('New description.'),
  format: formatFlag,
  id: textFlag('ID of the policy, or the beginning of it.'),
  meta: metaFlag,
  name: textFlag('Name of the policy; with -id, its new name.'),
  'no-merge': boolFlag('Set every field: what is not given becomes empty.'),
  rules: textFlag('New rules in HCL or JSON; @FILE reads them from a file, - from stdin.'),
  'valid-datacenter': listFlag('Datacenter in which it counts. May be given several times.'),
};

export const command = defineApiCommand({
  usage: 'consul acl policy update [options]',
  about: `Changes a policy: those of its fields that are given, unless -no-merge sets all. A new
name needs -id.

    $ consul acl policy update -name=app -description='Reads and writes app/'
    $ consul acl policy update -id=35b8 -name=replication -rules=@rules.hcl`,
  connection: 'namespaced',
  flags: FLAGS,
  async run({ flags, given, args, io, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '' && flags.name === '') {
      throw new CommandError('Must specify either the -id or -name parameters');
    }
    if (flags['no-merge'] && flags.name === '') {
      throw new CommandError('-no-merge sets every field: the -name parameter is needed, too');
    }
    const client = api();
    const lookup = new Lookup(client, POLICIES);
    const id = await (flags.id === '' ? lookup.idOfName(flags.name) : lookup.id(flags.id));
    const text = await readTextArgument('Error loading rules', flags.rules, io);
    const wanted = flags['no-merge']
      ? whole(id, text, flags)
      : await merged(client, id, text, { flags, given });
    const work = putRecord<Policy>(client, pathOf(POLICIES, id), wanted);
    print(formatted(policyLayout, await attempt(`Error updating policy "${id}"`, work), flags));
    return 0;
  },
});

type Values = FlagValues<typeof FLAGS>;
type Wanted = Pick<Policy, 'ID' | 'Name' | 'Description' | 'Rules' | 'Datacenters'>;

function whole(ID: string, Rules: string, flags: Values): Wanted {
  const { name: Name, description: Description, 'valid-datacenter': Datacenters } = flags;
  return { ID, Name, Description, Rules, Datacenters };
}

async function merged(
  api: AgentApi,
  id: string,
  rules: string,
  { flags, given }: { readonly flags: Values; readonly given: ReadonlySet<string> },
): Promise<Wanted> {
  const reading = api.get<Policy>(pathOf(POLICIES, id));
  const now = await attempt(`Error reading policy "${id}"`, reading);
  return {
    ID: now.ID,
    Name: given.has('name') ? flags.name : now.Name,
    Description: given.has('description') ? flags.description : now.Description,
    Rules: given.has('rules') ? rules : (now.Rules ?? ''),
    Datacenters: given.has('valid-datacenter')
      ? flags['valid-datacenter']
      : (now.Datacenters ?? []),
  };
}
