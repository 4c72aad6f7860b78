import { boolFlag, CommandError, type FlagValues, textFlag } from '@mesh/cli-kit';
import { bindingRuleFlags, bindingRuleOf } from '../acl/binding-rule.ts';
import { bindingRuleLayout } from '../acl/binding-rule-text.ts';
import { BINDING_RULES, Lookup, pathOf, putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { BindingRule } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

const FLAGS = {
  ...bindingRuleFlags,
  format: formatFlag,
  id: textFlag('ID of the rule, or the beginning of it. Required.'),
  meta: metaFlag,
  'no-merge': boolFlag('Set every field: what is not given becomes empty.'),
};

export const command = defineApiCommand({
  usage: 'consul acl binding-rule update -id ID [options]',
  about: `Changes a binding rule: those of its fields that are given, unless -no-merge sets all.
Its auth method cannot be changed.

    $ consul acl binding-rule update -id=0ec1bd -selector='serviceaccount.namespace==default'`,
  connection: 'namespaced',
  flags: FLAGS,
  async run({ flags, given, args, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    if (flags.id === '') {
      throw new CommandError('Cannot update a binding rule without specifying the -id parameter');
    }
    if (flags['no-merge']) requireFlag('bind-name', flags['bind-name']);
    const client = api();
    const id = await new Lookup(client, BINDING_RULES).id(flags.id);
    const now = await bindingRuleOf(client, id);
    const work = putRecord<BindingRule>(client, pathOf(BINDING_RULES, id), {
      ID: now.ID,
      AuthMethod: now.AuthMethod,
      ...fieldsOf(now, flags, given),
    });
    const stored = await attempt(`Error updating binding rule "${id}"`, work);
    print(formatted(bindingRuleLayout, stored, flags));
    return 0;
  },
});

function fieldsOf(now: BindingRule, flags: FlagValues<typeof FLAGS>, given: ReadonlySet<string>) {
  const one = (flag: keyof typeof bindingRuleFlags, before: string) =>
    flags['no-merge'] || given.has(flag) ? flags[flag] : before;
  return {
    Description: one('description', now.Description),
    Selector: one('selector', now.Selector),
    BindType: one('bind-type', now.BindType),
    BindName: one('bind-name', now.BindName),
  };
}
