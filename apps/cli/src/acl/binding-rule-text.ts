import { fieldLines, type Layout } from './output-format.ts';
import type { BindingRule } from './records.ts';

const WIDTH = 14;

/** One binding rule. */
export const bindingRuleLayout: Layout<BindingRule> = {
  pretty: (rule, meta) => fieldLines([['ID', rule.ID], ...fieldsOf(rule, meta)], WIDTH),
  json: ruleFields,
};

/** Many binding rules. */
export const bindingRuleListLayout: Layout<readonly BindingRule[]> = {
  pretty: (rules, meta) =>
    rules.map((rule) => `${rule.ID}:\n${fieldLines(fieldsOf(rule, meta), WIDTH, '   ')}`).join(''),
  json: (rules) => rules.map(ruleFields),
};

function fieldsOf(rule: BindingRule, meta: boolean): ReadonlyArray<readonly [string, string]> {
  return [
    ['AuthMethod', rule.AuthMethod],
    ['Description', rule.Description],
    ['BindType', rule.BindType],
    ['BindName', rule.BindName],
    ['Selector', rule.Selector],
    ...(meta
      ? ([
          ['Create Index', String(rule.CreateIndex)],
          ['Modify Index', String(rule.ModifyIndex)],
        ] as const)
      : []),
  ];
}

function ruleFields(rule: BindingRule): Record<string, unknown> {
  const { ID, Description, AuthMethod, Selector, BindType, BindName } = rule;
  const { CreateIndex, ModifyIndex } = rule;
  return {
    ...{ ID, Description, AuthMethod, Selector, BindType, BindName },
    ...{ CreateIndex, ModifyIndex },
  };
}
