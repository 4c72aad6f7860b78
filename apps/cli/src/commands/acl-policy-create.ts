import { boolFlag, CommandError, type Io, listFlag, textFlag } from '@mesh/cli-kit';
import { rulesOfLegacyToken } from '../acl/legacy-rules.ts';
import { POLICIES, putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import { policyLayout } from '../acl/policy-text.ts';
import type { Policy } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { readTextArgument } from '../data-argument.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl policy create -name NAME [options]',
  about: `Creates a policy. Its rules stand in -rules, or are those of a token of before 1.4,
translated.

    $ consul acl policy create -name=app -rules='key_prefix "app/" { policy = "write" }'
    $ consul acl policy create -name=replication -rules=@rules.hcl -valid-datacenter=dc1
    $ consul acl policy create -name=nodes -from-token=5793a5ce`,
  connection: 'namespaced',
  flags: {
    description: textFlag('Description of the policy.'),
    format: formatFlag,
    'from-token': textFlag(
      'Accessor of a token of before 1.4 whose rules it gets, or the beginning of it; @FILE reads ' +
        'it from a file, - from stdin. Not together with -rules.',
    ),
    meta: metaFlag,
    name: textFlag('Name of the policy. Required.'),
    rules: textFlag('Rules in HCL or JSON; @FILE reads them from a file, - from stdin.'),
    'token-secret': boolFlag('What -from-token names is a secret, not an accessor.'),
    'valid-datacenter': listFlag(
      'Datacenter in which it counts; without one, all. May be given several times.',
    ),
  },
  async run({ flags, args, io, print, api }) {
    noArguments(args);
    requireFlag('name', flags.name);
    checkFormat(flags.format);
    const source = {
      rules: flags.rules,
      fromToken: flags['from-token'],
      isSecret: flags['token-secret'],
    };
    checkSource(source);
    const client = api();
    const wanted = {
      Name: flags.name,
      Description: flags.description,
      Datacenters: flags['valid-datacenter'],
      Rules: await rulesOf(client, source, io),
    };
    const work = putRecord<Policy>(client, POLICIES.one, wanted);
    print(formatted(policyLayout, await attempt('Failed to create new policy', work), flags));
    return 0;
  },
});

/** Where the rules come from; '' for not from there. */
interface RulesSource {
  readonly rules: string;
  readonly fromToken: string;
  readonly isSecret: boolean;
}

function checkSource({ rules, fromToken, isSecret }: RulesSource): void {
  if (rules !== '' && fromToken !== '') {
    throw new CommandError('Only one of -rules and -from-token may be given');
  }
  if (isSecret && fromToken === '') {
    throw new CommandError('-token-secret says what -from-token is: it cannot be given alone');
  }
}

async function rulesOf(api: AgentApi, source: RulesSource, io: Io): Promise<string> {
  const { rules, fromToken, isSecret } = source;
  if (fromToken === '') return readTextArgument('Error loading rules', rules, io);
  const text = await readTextArgument('Error loading the token', fromToken, io);
  return rulesOfLegacyToken(api, { text, isSecret });
}
