/** Log entries of the ACL system. Ids, secrets and times stand in them; nothing is decided here. */
import { defineCommand } from '@mesh/resource';
import type { Table, WriteTxn } from '@mesh/state';
import { rulesOf } from './queries.ts';
import { authMethods, bindingRules, bootstraps, policies, roles, tokens } from './table.ts';
import type {
  StoredAuthMethod,
  StoredBindingRule,
  StoredPolicy,
  StoredRole,
  StoredToken,
  WithoutIndex,
} from './types.ts';

interface Indexed {
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

function store<R extends Indexed>(
  txn: WriteTxn,
  table: Table<R>,
  row: Omit<R, keyof Indexed>,
  existing: R | undefined,
  index: number,
): R {
  const CreateIndex = existing?.CreateIndex ?? index;
  const stored = { ...row, CreateIndex, ModifyIndex: index } as unknown as R;
  txn.put(table, stored);
  return stored;
}

/** Stores a token; answers it. */
export const tokenStore = defineCommand<WithoutIndex<StoredToken>, StoredToken>(
  'acl.token.store',
  (txn, token, { index }) => store(txn, tokens, token, txn.get(tokens, token.accessorId), index),
);

/** Stores the first management token, once; null where there is one by now. */
export const bootstrapStore = defineCommand<
  { readonly token: WithoutIndex<StoredToken>; readonly resetIndex: number },
  StoredToken | null
>('acl.bootstrap', (txn, { token, resetIndex }, { index }) => {
  const done = txn.get(bootstraps, 'bootstrap');
  if (done && done.index !== resetIndex) return null;
  txn.put(bootstraps, { one: 'bootstrap', index });
  return store(txn, tokens, token, undefined, index);
});

/** Deletes tokens by accessor. */
export const tokensRemove = defineCommand<{ readonly accessors: readonly string[] }, true>(
  'acl.tokens.remove',
  (txn, { accessors }) => {
    for (const accessor of accessors) txn.delete(tokens, accessor);
    return true;
  },
);

/** Stores a policy; answers it. */
export const policyStore = defineCommand<WithoutIndex<StoredPolicy>, StoredPolicy>(
  'acl.policy.store',
  (txn, policy, { index }) => store(txn, policies, policy, txn.get(policies, policy.id), index),
);

/** Deletes a policy; links to it are left out when they are read. */
export const policyRemove = defineCommand<{ readonly id: string }, true>(
  'acl.policy.remove',
  (txn, { id }) => {
    txn.delete(policies, id);
    return true;
  },
);

/** Stores a role; answers it. */
export const roleStore = defineCommand<WithoutIndex<StoredRole>, StoredRole>(
  'acl.role.store',
  (txn, role, { index }) => store(txn, roles, role, txn.get(roles, role.id), index),
);

/** Deletes a role; links to it are left out when they are read. */
export const roleRemove = defineCommand<{ readonly id: string }, true>(
  'acl.role.remove',
  (txn, { id }) => {
    txn.delete(roles, id);
    return true;
  },
);

/** Stores an auth method; answers it. */
export const authMethodStore = defineCommand<WithoutIndex<StoredAuthMethod>, StoredAuthMethod>(
  'acl.auth-method.store',
  (txn, method, { index }) => {
    const existing = txn.get(authMethods, method.Name.toLowerCase());
    return store(txn, authMethods, method, existing, index);
  },
);

/** Deletes an auth method with its binding rules and the tokens that came of it. */
export const authMethodRemove = defineCommand<{ readonly name: string }, true>(
  'acl.auth-method.remove',
  (txn, { name }) => {
    const method = txn.get(authMethods, name.toLowerCase());
    if (!method) return true;
    for (const { ID } of [...rulesOf(txn, name)]) txn.delete(bindingRules, ID);
    for (const { accessorId } of [...txn.getBy(tokens, 'authMethod', method.Name)]) {
      txn.delete(tokens, accessorId);
    }
    txn.delete(authMethods, name.toLowerCase());
    return true;
  },
);

/** Stores a binding rule; answers it. */
export const bindingRuleStore = defineCommand<WithoutIndex<StoredBindingRule>, StoredBindingRule>(
  'acl.binding-rule.store',
  (txn, rule, { index }) => store(txn, bindingRules, rule, txn.get(bindingRules, rule.ID), index),
);

/** Deletes a binding rule. */
export const bindingRuleRemove = defineCommand<{ readonly id: string }, true>(
  'acl.binding-rule.remove',
  (txn, { id }) => {
    txn.delete(bindingRules, id);
    return true;
  },
);
