import { parseRules } from '@mesh/acl';
import { type AclPolicy, aclRoutes } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import type { ReadEndpoint, WriteContext, WriteEndpoint } from '@mesh/resource';
import { policyRemove, policyStore } from './commands.ts';
import { readsAcls, writesAcls } from './guards.ts';
import { policyById, policyByName } from './queries.ts';
import { requireName, requireUuid } from './shapes.ts';
import { listedPolicy, shownPolicy } from './show.ts';
import { policies } from './table.ts';
import { MANAGEMENT_POLICY_ID, type StoredPolicy, type WithoutIndex } from './types.ts';

/** A policy as clients send it; an empty ID is a new one. */
export interface PolicyRequest {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  readonly Rules: string;
  readonly Datacenters: readonly string[];
}

/** Creates a policy, or replaces the one of the id. */
export const policySet: WriteEndpoint<PolicyRequest, StoredPolicy> = {
  kind: 'write',
  method: 'ACL.PolicySet',
  acl: aclRoutes.policyCreate.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: (request, context) => ({
    command: policyStore,
    payload: checkedPolicy(request, context),
  }),
};

function checkedPolicy(
  request: PolicyRequest,
  { view, uuid }: WriteContext,
): WithoutIndex<StoredPolicy> {
  const { Name, Description, Rules, Datacenters } = request;
  const id = request.ID === '' ? uuid() : requireUuid(request.ID, 'Policy ID');
  const existing = policyById(view, id);
  if (request.ID !== '' && !existing) {
    throw new MeshError('not-found', `cannot find policy ${request.ID}`);
  }
  requireName('Policy', Name);
  const other = policyByName(view, Name);
  if (other && other.id !== id) {
    throw new MeshError('conflict', `Invalid Policy: A Policy with Name "${Name}" already exists`);
  }
  if (id === MANAGEMENT_POLICY_ID && existing) {
    if (Rules !== existing.rules) {
      throw invalid('Changing the Rules for the builtin global-management policy is not permitted');
    }
    if (Datacenters.length > 0) {
      throw invalid(
        'Changing the Datacenters of the builtin global-management policy is not permitted',
      );
    }
  }
  parseRules(Rules);
  return { id, name: Name, description: Description, rules: Rules, datacenters: Datacenters };
}

/** Deletes a policy, if it is there. */
export const policyDelete: WriteEndpoint<{ readonly id: string }, true> = {
  kind: 'write',
  method: 'ACL.PolicyDelete',
  acl: aclRoutes.policyDelete.acl,
  guard: writesAcls,
  isPrimarys: true,
  prepare: ({ id: given }, { view }) => {
    const id = requireUuid(given, 'Policy ID');
    if (id === MANAGEMENT_POLICY_ID) {
      throw invalid('Delete operation not permitted on the builtin global-management policy');
    }
    return policyById(view, id) ? { command: policyRemove, payload: { id } } : { answer: true };
  },
};

/** A policy by id, or by name where there is one; null for none. */
export const policyRead: ReadEndpoint<
  { readonly id: string; readonly name: string },
  AclPolicy | null
> = {
  kind: 'read',
  method: 'ACL.PolicyRead',
  acl: aclRoutes.policyGet.acl,
  guard: readsAcls,
  run: (view, { id, name }) => {
    const found = name === '' ? policyById(view, id) : policyByName(view, name);
    return found ? shownPolicy(found) : null;
  },
};

/** All policies, without their rules. */
export const policyList: ReadEndpoint<Record<string, never>, readonly AclPolicy[]> = {
  kind: 'read',
  method: 'ACL.PolicyList',
  acl: aclRoutes.policyList.acl,
  guard: readsAcls,
  run: (view) => Array.from(view.prefix(policies, ''), listedPolicy),
};
