import { matchPath, type Params, pathOf } from '../../routing/place.ts';

/** Pages of the ACL area. */
export type AclPage =
  | 'tokens'
  | 'token-new'
  | 'token'
  | 'policies'
  | 'policy-new'
  | 'policy'
  | 'roles'
  | 'role-new'
  | 'role'
  | 'methods'
  | 'method-new'
  | 'method'
  | 'sign-in';

const PATTERNS: ReadonlyArray<readonly [string, AclPage]> = [
  ['tokens', 'tokens'],
  ['tokens/create', 'token-new'],
  ['tokens/:id', 'token'],
  ['policies', 'policies'],
  ['policies/create', 'policy-new'],
  ['policies/:id', 'policy'],
  ['roles', 'roles'],
  ['roles/create', 'role-new'],
  ['roles/:id', 'role'],
  ['auth-methods', 'methods'],
  // A method may be called "create": its page has a longer path.
  ['auth-methods/create', 'method-new'],
  ['auth-methods/:id/edit', 'method'],
  ['auth-methods/:id', 'method'],
  ['sign-in', 'sign-in'],
];

export interface AclPlace {
  readonly page: AclPage;
  /** ID of the record; '' for pages that are about none. */
  readonly id: string;
}

/** The page that the path behind `acls/` names; undefined for none. */
export function aclPlace(rest: string): AclPlace | undefined {
  for (const [pattern, page] of PATTERNS) {
    const params: Params | undefined = matchPath(pattern, rest);
    if (params) return { page, id: params['id'] ?? '' };
  }
  return undefined;
}

/** Path of an auth method's page. */
export function methodPath(dc: string, name: string): string {
  return pathOf(dc, 'acls', 'auth-methods', name, 'edit');
}
