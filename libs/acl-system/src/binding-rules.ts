import { type AclBindingRule, aclRoutes } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import { compileFilter, type FilterSchema } from '@mesh/filter';
import type { ReadEndpoint, WriteContext, WriteEndpoint } from '@mesh/resource';
import { bindingRuleRemove, bindingRuleStore } from './commands.ts';
import { readsAcls, writesAcls } from './guards.ts';
import type { VerifiedIdentity } from './login-verifier.ts';
import { authMethodByName, rulesOf } from './queries.ts';
import { requireUuid } from './shapes.ts';
import { bindingRules } from './table.ts';
import type { StoredBindingRule, WithoutIndex } from './types.ts';

/** A binding rule as clients send it; an empty ID is a new one. */
export type BindingRuleRequest = Omit<WithoutIndex<AclBindingRule>, 'BindType'> & {
  readonly BindType: string;
};

const BIND_TYPES: readonly string[] = ['service', 'role', 'node'];
const PLACEHOLDER = /\$\{([^}]*)\}/g;

/** What binding rules may ask and name of who logs in through a type of auth method. */
interface Knowable {
  readonly selectable: FilterSchema;
  /** The part of a variable's name before the dot. */
  readonly scope: string;
  /** The part after it. */
  readonly variable: RegExp;
  readonly example: string;
}

const OF_CLAIMS: Knowable = {
  selectable: { value: { map: 'string' }, list: { map: { list: 'string' } } },
  scope: 'value',
  variable: /^[A-Za-z0-9_]+$/,
  example: '${value.team}',
};

const OF_SERVICE_ACCOUNTS: Knowable = {
  selectable: {
    serviceaccount: { record: { namespace: 'string', name: 'string', uid: 'string' } },
  },
  scope: 'serviceaccount',
  variable: /^(namespace|name|uid)$/,
  example: '${serviceaccount.name}',
};

function knowableOf(type: string): Knowable {
  return type === 'kubernetes' ? OF_SERVICE_ACCOUNTS : OF_CLAIMS;
}

/** Creates a binding rule, or replaces the one of the id. */
export const bindingRuleSet: WriteEndpoint<BindingRuleRequest, StoredBindingRule> = {
  kind: 'write',
  method: 'ACL.BindingRuleSet',
  acl: aclRoutes.ruleCreate.acl,
  guard: writesAcls,
  prepare: (request, context) => ({
    command: bindingRuleStore,
    payload: checkedRule(request, context),
  }),
};

function checkedRule(
  request: BindingRuleRequest,
  { view, uuid }: WriteContext,
): WithoutIndex<StoredBindingRule> {
  const ID = request.ID === '' ? uuid() : requireUuid(request.ID, 'Binding Rule ID');
  const existing = view.get(bindingRules, ID);
  if (request.ID !== '' && !existing) {
    throw new MeshError('not-found', `cannot find binding rule ${request.ID}`);
  }
  const { Description, AuthMethod, Selector, BindType, BindName } = request;
  if (AuthMethod === '') throw invalid('Invalid Binding Rule: no AuthMethod is set');
  const method = authMethodByName(view, AuthMethod);
  if (!method) throw invalid(`cannot find auth method with name "${AuthMethod}"`);
  if (existing && existing.AuthMethod !== method.Name) {
    throw invalid('the AuthMethod field of a Binding Rule is immutable');
  }
  const knowable = knowableOf(method.Type);
  try {
    selector(Selector, knowable);
  } catch (thrown) {
    throw invalid(`invalid Binding Rule: Selector is invalid: ${MeshError.from(thrown).message}`);
  }
  if (!BIND_TYPES.includes(BindType)) {
    throw invalid(
      `Invalid Binding Rule: unknown BindType "${BindType}", accepted are ${BIND_TYPES.join(', ')}`,
    );
  }
  if (BindName === '') throw invalid('Invalid Binding Rule: no BindName is set');
  for (const [, name = ''] of BindName.matchAll(PLACEHOLDER)) {
    if (variableIn(name, knowable) === undefined) {
      throw invalid(
        `Invalid Binding Rule: BindName: \${${name}} is none, accepted are such as ${knowable.example}`,
      );
    }
  }
  return {
    ...{ ID, Description, AuthMethod: method.Name, Selector },
    BindType: BindType as StoredBindingRule['BindType'],
    BindName,
  };
}

function selector(text: string, { selectable }: Knowable): (known: object) => boolean {
  return text === '' ? () => true : compileFilter(text, selectable);
}

/** What a placeholder asks for; undefined where nobody would know it. */
function variableIn(name: string, { scope, variable }: Knowable): string | undefined {
  const [before, after = '', ...rest] = name.trim().split('.');
  return before === scope && rest.length === 0 && variable.test(after) ? after : undefined;
}

/**
 * Rules of an auth method of a type that match the bearer, with their names filled in: in lower case, as names
 * of services are.
 */
export function matchingRules(
  rules: readonly AclBindingRule[],
  type: string,
  { values, lists }: VerifiedIdentity,
): readonly AclBindingRule[] {
  const knowable = knowableOf(type);
  const known = { [knowable.scope]: values, list: lists };
  return rules
    .filter(({ Selector }) => selector(Selector, knowable)(known))
    .map((rule) => ({
      ...rule,
      BindName: rule.BindName.replace(PLACEHOLDER, (_all, name: string) => {
        const key = variableIn(name, knowable) ?? '';
        return Object.hasOwn(values, key) ? values[key]!.toLowerCase() : '';
      }),
    }));
}

/** Deletes a binding rule, if it is there. */
export const bindingRuleDelete: WriteEndpoint<{ readonly id: string }, true> = {
  kind: 'write',
  method: 'ACL.BindingRuleDelete',
  acl: aclRoutes.ruleDelete.acl,
  guard: writesAcls,
  prepare: ({ id: given }, { view }) => {
    const id = requireUuid(given, 'Binding Rule ID');
    return view.get(bindingRules, id)
      ? { command: bindingRuleRemove, payload: { id } }
      : { answer: true };
  },
};

/** A binding rule; null for none. */
export const bindingRuleRead: ReadEndpoint<{ readonly id: string }, AclBindingRule | null> = {
  kind: 'read',
  method: 'ACL.BindingRuleRead',
  acl: aclRoutes.ruleGet.acl,
  guard: readsAcls,
  run: (view, { id }) => view.get(bindingRules, id.toLowerCase()) ?? null,
};

/** Binding rules; `authMethod` leaves those of one. */
export const bindingRuleList: ReadEndpoint<
  { readonly authMethod: string },
  readonly AclBindingRule[]
> = {
  kind: 'read',
  method: 'ACL.BindingRuleList',
  acl: aclRoutes.ruleList.acl,
  guard: readsAcls,
  run: (view, { authMethod }) =>
    authMethod === '' ? [...view.prefix(bindingRules, '')] : rulesOf(view, authMethod),
};
