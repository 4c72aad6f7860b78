import type { AclRole } from '@mesh/api-contract';
import { areGrantsValid, type GrantsDraft, grantsBody, grantsOf, NO_GRANTS } from './grants.ts';
import { copyName, MAX_ROLE_NAME, nameProblem } from './policy-draft.ts';

/** A role as it is edited. */
export interface RoleDraft extends GrantsDraft {
  readonly name: string;
  readonly description: string;
}

/** A role that is yet to be. */
export const NEW_ROLE: RoleDraft = { ...NO_GRANTS, name: '', description: '' };

/** What may be edited of a role. */
export function roleDraft(role: AclRole): RoleDraft {
  return { ...grantsOf(role), name: role.Name, description: role.Description };
}

/** A copy to begin with. */
export function roleCopy(role: AclRole): RoleDraft {
  return { ...roleDraft(role), name: copyName(role.Name, MAX_ROLE_NAME) };
}

/** The body of the request that saves it. */
export function roleBody(draft: RoleDraft) {
  return { Name: draft.name.trim(), Description: draft.description, ...grantsBody(draft) };
}

/** Whether a role may be sent. */
export function isRoleValid(draft: RoleDraft): boolean {
  return nameProblem(draft.name, MAX_ROLE_NAME) === undefined && areGrantsValid(draft);
}
