import { defineTable } from '@mesh/state';
import type {
  StoredAuthMethod,
  StoredBindingRule,
  StoredBootstrap,
  StoredPolicy,
  StoredRole,
  StoredToken,
} from './types.ts';

/** Tokens by accessor. */
export const tokens = defineTable<StoredToken>({
  name: 'acl.tokens',
  id: (token) => token.accessorId,
  indexes: {
    /** By a digest: comparing secrets would tell by its time how much of one was guessed. */
    secret: (token) => token.secretDigest,
    policy: (token) => token.policies,
    role: (token) => token.roles,
    authMethod: (token) => (token.authMethod === '' ? undefined : token.authMethod),
  },
});

/** Policies by id. */
export const policies = defineTable<StoredPolicy>({
  name: 'acl.policies',
  id: (policy) => policy.id,
  indexes: { name: (policy) => policy.name.toLowerCase() },
});

/** Roles by id. */
export const roles = defineTable<StoredRole>({
  name: 'acl.roles',
  id: (role) => role.id,
  indexes: { name: (role) => role.name.toLowerCase(), policy: (role) => role.policies },
});

/** Auth methods by name. */
export const authMethods = defineTable<StoredAuthMethod>({
  name: 'acl.auth-methods',
  id: (method) => method.Name.toLowerCase(),
  indexes: {},
});

/** Binding rules by id. */
export const bindingRules = defineTable<StoredBindingRule>({
  name: 'acl.binding-rules',
  id: (rule) => rule.ID,
  indexes: { authMethod: (rule) => rule.AuthMethod.toLowerCase() },
});

/** One row once the first management token was made. */
export const bootstraps = defineTable<StoredBootstrap>({
  name: 'acl.bootstrap',
  id: (row) => row.one,
  indexes: {},
});
