import { textFlag } from '@mesh/cli-kit';
import { bindingRuleFlags } from '../acl/binding-rule.ts';
import { bindingRuleLayout } from '../acl/binding-rule-text.ts';
import { BINDING_RULES, putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { BindingRule } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl binding-rule create -method NAME -bind-name NAME [options]',
  about: `Creates a binding rule: what the tokens of logins with an auth method get.

    $ consul acl binding-rule create -method=minikube -bind-name='k8s-\${serviceaccount.name}' \\
        -selector='serviceaccount.namespace==default'`,
  connection: 'namespaced',
  flags: {
    ...bindingRuleFlags,
    format: formatFlag,
    meta: metaFlag,
    method: textFlag('Name of the auth method. Required.'),
  },
  async run({ flags, args, print, api }) {
    noArguments(args);
    requireFlag('method', flags.method);
    requireFlag('bind-type', flags['bind-type']);
    requireFlag('bind-name', flags['bind-name']);
    checkFormat(flags.format);
    const wanted = {
      Description: flags.description,
      AuthMethod: flags.method,
      Selector: flags.selector,
      BindType: flags['bind-type'],
      BindName: flags['bind-name'],
    };
    const work = putRecord<BindingRule>(api(), BINDING_RULES.one, wanted);
    const made = await attempt('Failed to create new binding rule', work);
    print(formatted(bindingRuleLayout, made, flags));
    return 0;
  },
});
