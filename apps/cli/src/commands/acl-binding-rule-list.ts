import { textFlag } from '@mesh/cli-kit';
import { bindingRuleListLayout } from '../acl/binding-rule-text.ts';
import { BINDING_RULES } from '../acl/lookup.ts';
import { checkFormat, formatFlag, metaFlag, printList } from '../acl/output-format.ts';
import type { BindingRule } from '../acl/records.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl binding-rule list [options]',
  about: `Lists all binding rules, or those of one auth method.

    $ consul acl binding-rule list -method=minikube`,
  connection: 'namespaced',
  flags: {
    format: formatFlag,
    meta: metaFlag,
    method: textFlag('Only rules of the auth method with this name.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const query = { authmethod: flags.method || undefined };
    const work = api().get<readonly BindingRule[] | null>(BINDING_RULES.list, query);
    const rules = await attempt('Failed to retrieve the binding rule list', work);
    printList(bindingRuleListLayout, rules, flags, print);
    return 0;
  },
});
