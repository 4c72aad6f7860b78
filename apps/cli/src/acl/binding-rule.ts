import { CommandError, textFlag } from '@mesh/cli-kit';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { attempt } from '../command.ts';
import { BINDING_RULES, getIfThere, pathOf } from './lookup.ts';
import type { BindingRule } from './records.ts';

/** Flags that say what a binding rule does. */
export const bindingRuleFlags = {
  'bind-name': textFlag(
    'Name of the service, node or role that a login gets; ${serviceaccount.name} and the like ' +
      'stand for what is known of who logs in.',
  ),
  'bind-type': textFlag('What -bind-name names: service, node or role.', 'service'),
  description: textFlag('Description of the rule.'),
  selector: textFlag('Expression that a login must meet; without one, every login does.'),
};

/** The binding rule with an ID. @throws CommandError when there is none */
export async function bindingRuleOf(api: AgentApi, id: string): Promise<BindingRule> {
  const reading = getIfThere<BindingRule>(api, pathOf(BINDING_RULES, id));
  const rule = await attempt(`Error reading binding rule "${id}"`, reading);
  if (rule) return rule;
  throw new CommandError(`Binding rule not found with ID "${id}"`);
}
