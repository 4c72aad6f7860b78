import { type AclRole, aclRoutes } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { ReadEndpoint, WriteContext, WriteEndpoint } from '@mesh/resource';
import { roleRemove, roleStore } from './commands.ts';
import { readsAcls, writesAcls } from './guards.ts';
import { type GrantsRequest, storedGrants } from './links.ts';
import { roleById, roleByName } from './queries.ts';
import { requireName, requireUuid } from './shapes.ts';
import { shownRole } from './show.ts';
import { roles } from './table.ts';
import type { StoredRole, WithoutIndex } from './types.ts';

/** A role as clients send it; an empty ID is a new one. */
export interface RoleRequest extends GrantsRequest {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
}

/** Creates a role, or replaces the one of the id. */
export const roleSet: WriteEndpoint<RoleRequest, StoredRole> = {
  kind: 'write',
  method: 'ACL.RoleSet',
  acl: aclRoutes.roleCreate.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: (request, context) => ({ command: roleStore, payload: checkedRole(request, context) }),
};

function checkedRole(request: RoleRequest, { view, uuid }: WriteContext): WithoutIndex<StoredRole> {
  const { Name, Description } = request;
  const id = request.ID === '' ? uuid() : requireUuid(request.ID, 'Role ID');
  if (request.ID !== '' && !roleById(view, id)) {
    throw new MeshError('not-found', `cannot find role ${request.ID}`);
  }
  requireName('Role', Name);
  const other = roleByName(view, Name);
  if (other && other.id !== id) {
    throw new MeshError('conflict', `Invalid Role: A Role with Name "${Name}" already exists`);
  }
  return { id, name: Name, description: Description, ...storedGrants(view, request) };
}

/** Deletes a role, if it is there. */
export const roleDelete: WriteEndpoint<{ readonly id: string }, true> = {
  kind: 'write',
  method: 'ACL.RoleDelete',
  acl: aclRoutes.roleDelete.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: ({ id: given }, { view }) => {
    const id = requireUuid(given, 'Role ID');
    return roleById(view, id) ? { command: roleRemove, payload: { id } } : { answer: true };
  },
};

/** A role by id, or by name where there is one; null for none. */
export const roleRead: ReadEndpoint<
  { readonly id: string; readonly name: string },
  AclRole | null
> = {
  kind: 'read',
  method: 'ACL.RoleRead',
  acl: aclRoutes.roleGet.acl,
  guard: readsAcls,
  run: (view, { id, name }) => {
    const found = name === '' ? roleById(view, id) : roleByName(view, name);
    return found ? shownRole(view, found) : null;
  },
};

/** Roles; `policy` leaves those that are linked to one. */
export const roleList: ReadEndpoint<{ readonly policy: string }, readonly AclRole[]> = {
  kind: 'read',
  method: 'ACL.RoleList',
  acl: aclRoutes.roleList.acl,
  guard: readsAcls,
  run: (view, { policy }) => {
    const found =
      policy === '' ? view.prefix(roles, '') : view.getBy(roles, 'policy', policy.toLowerCase());
    return Array.from(found, (role) => shownRole(view, role));
  },
};
