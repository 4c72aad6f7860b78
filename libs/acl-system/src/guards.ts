import type { Authorizer } from '@mesh/acl';

/** For everything that shows the ACLs. */
export const readsAcls = {
  check: (authorizer: Authorizer) => authorizer.allows('acl', 'read', ''),
};

/** For everything that changes the ACLs. */
export const writesAcls = {
  check: (authorizer: Authorizer) => authorizer.allows('acl', 'write', ''),
};
