import type { StateView } from '@mesh/state';
import { sha256 } from './sha256.ts';
import { authMethods, bindingRules, bootstraps, policies, roles, tokens } from './table.ts';
import type { StoredAuthMethod, StoredPolicy, StoredRole, StoredToken } from './types.ts';

/** Digest by which a secret is found. */
export const digestOf = sha256;

/** The token of a secret, expired or not. */
export function tokenBySecret(view: StateView, secret: string): StoredToken | undefined {
  return view.getBy(tokens, 'secret', digestOf(secret))[0];
}

/** The token of an accessor. */
export function tokenByAccessor(view: StateView, accessor: string): StoredToken | undefined {
  return view.get(tokens, accessor.toLowerCase());
}

/** Whether a token's time is over. */
export function isExpired(token: StoredToken, nowMs: number): boolean {
  return token.expiresAtMs !== null && token.expiresAtMs <= nowMs;
}

export function policyById(view: StateView, id: string): StoredPolicy | undefined {
  return view.get(policies, id.toLowerCase());
}

/** Names of policies and roles know no case. */
export function policyByName(view: StateView, name: string): StoredPolicy | undefined {
  return view.getBy(policies, 'name', name.toLowerCase())[0];
}

export function roleById(view: StateView, id: string): StoredRole | undefined {
  return view.get(roles, id.toLowerCase());
}

export function roleByName(view: StateView, name: string): StoredRole | undefined {
  return view.getBy(roles, 'name', name.toLowerCase())[0];
}

export function authMethodByName(view: StateView, name: string): StoredAuthMethod | undefined {
  return view.get(authMethods, name.toLowerCase());
}

/** Rules of an auth method, in order of their ids. */
export function rulesOf(view: StateView, authMethod: string) {
  return view.getBy(bindingRules, 'authMethod', authMethod.toLowerCase());
}

/** Log index at which the first management token was made; undefined before. */
export function bootstrapIndex(view: StateView): number | undefined {
  return view.get(bootstraps, 'bootstrap')?.index;
}
