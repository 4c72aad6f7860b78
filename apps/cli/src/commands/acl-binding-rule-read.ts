import { CommandError, textFlag } from '@mesh/cli-kit';
import { bindingRuleOf } from '../acl/binding-rule.ts';
import { bindingRuleLayout } from '../acl/binding-rule-text.ts';
import { BINDING_RULES, Lookup } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import { defineApiCommand } from '../api-command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl binding-rule read -id ID [options]',
  about: `Shows a binding rule.

    $ consul acl binding-rule read -id=0ec1bd`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    id: textFlag('ID of the rule, or the beginning of it. Required.'),
    meta: metaFlag,
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '') throw new CommandError('Must specify the -id parameter');
    const client = api();
    const id = await new Lookup(client, BINDING_RULES).id(flags.id);
    print(formatted(bindingRuleLayout, await bindingRuleOf(client, id), flags));
    return 0;
  },
});
