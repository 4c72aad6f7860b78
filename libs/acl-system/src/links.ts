import type { AclGrants, AclLink, AclNodeIdentity, AclServiceIdentity } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { StateView } from '@mesh/state';
import { policyById, policyByName, roleById, roleByName } from './queries.ts';
import { isUuid } from './shapes.ts';
import type { StoredGrants } from './types.ts';

/** A link as clients send it: an id, or a name. */
export interface LinkRequest {
  readonly ID: string;
  readonly Name: string;
}

/** Grants as clients send them. */
export interface GrantsRequest {
  readonly Policies: readonly LinkRequest[];
  readonly ServiceIdentities: readonly (Required<AclServiceIdentity> & { ServiceName: string })[];
  readonly NodeIdentities: readonly AclNodeIdentity[];
}

const SERVICE_NAME = /^[a-z0-9]([a-z0-9\-_]*[a-z0-9])?$/;
const MAX_NAME = 256;

/** Grants in their stored form. Throws `invalid-argument` on links that lead nowhere and on bad names. */
export function storedGrants(view: StateView, request: GrantsRequest): StoredGrants {
  return {
    policies: policyIds(view, request.Policies),
    serviceIdentities: request.ServiceIdentities.map(serviceIdentity),
    nodeIdentities: request.NodeIdentities.map(nodeIdentity),
  };
}

function policyIds(view: StateView, links: readonly LinkRequest[]): readonly string[] {
  const ids = links.map((link) => {
    const found = link.ID === '' ? policyByName(view, link.Name) : policyById(view, link.ID);
    if (!found) throw noSuch('policy', link);
    return found.id;
  });
  return [...new Set(ids)];
}

/** Ids of linked roles. Throws `invalid-argument`. */
export function roleIds(view: StateView, links: readonly LinkRequest[]): readonly string[] {
  const ids = links.map((link) => {
    const found = link.ID === '' ? roleByName(view, link.Name) : roleById(view, link.ID);
    if (!found) throw noSuch('role', link);
    return found.id;
  });
  return [...new Set(ids)];
}

function noSuch(what: string, { ID, Name }: LinkRequest): Error {
  if (ID !== '' && !isUuid(ID)) return invalid(`ACL ${what} ID "${ID}" is no UUID`);
  return invalid(
    ID === '' ? `No such ACL ${what} with name "${Name}"` : `No such ACL ${what} with ID "${ID}"`,
  );
}

function serviceIdentity({
  ServiceName,
  Datacenters,
}: GrantsRequest['ServiceIdentities'][number]): AclServiceIdentity {
  if (ServiceName === '') throw invalid('Service identity is missing the service name field');
  if (!SERVICE_NAME.test(ServiceName) || ServiceName.length > MAX_NAME) {
    throw invalid(
      `Service identity "${ServiceName}" has an invalid name. Only lowercase alphanumeric characters, ` +
        "'-' and '_' are allowed, up to 256, with alphanumeric ones at both ends",
    );
  }
  return Datacenters.length === 0 ? { ServiceName } : { ServiceName, Datacenters };
}

function nodeIdentity({ NodeName, Datacenter }: AclNodeIdentity): AclNodeIdentity {
  if (NodeName === '') throw invalid('Node identity is missing the node name field');
  if (Datacenter === '') throw invalid('Node identity is missing the datacenter field');
  if (!SERVICE_NAME.test(NodeName.toLowerCase()) || NodeName.length > MAX_NAME) {
    throw invalid(
      `Node identity "${NodeName}" has an invalid name. Only alphanumeric characters, '-' and '_' are ` +
        'allowed, up to 256, with alphanumeric ones at both ends',
    );
  }
  return { NodeName, Datacenter };
}

/** Grants as the API shows them: names put in, what was deleted left out, empty lists too. */
export function shownGrants(view: StateView, stored: StoredGrants): AclGrants {
  const found = stored.policies.flatMap((id): readonly AclLink[] => {
    const policy = policyById(view, id);
    return policy ? [{ ID: policy.id, Name: policy.name }] : [];
  });
  const { serviceIdentities, nodeIdentities } = stored;
  return {
    ...(found.length > 0 && { Policies: found }),
    ...(serviceIdentities.length > 0 && { ServiceIdentities: serviceIdentities }),
    ...(nodeIdentities.length > 0 && { NodeIdentities: nodeIdentities }),
  };
}

/** Links to roles as the API shows them. */
export function shownRoles(view: StateView, ids: readonly string[]): readonly AclLink[] {
  return ids.flatMap((id) => {
    const role = roleById(view, id);
    return role ? [{ ID: role.id, Name: role.name }] : [];
  });
}
