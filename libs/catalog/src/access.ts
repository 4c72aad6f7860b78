/** Who may see and change what of the catalog. */
import type { Authorizer } from '@mesh/acl';
import type {
  CatalogNode,
  CheckServiceNode,
  DeregisterRequest,
  HealthCheck,
  ServiceNode,
} from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import type { LooseRegister } from './normalize.ts';
import { nodeByName, type ServiceTags } from './queries.ts';
import { sameValue } from './same-value.ts';
import { checkKey, checks, serviceKey, services } from './table.ts';
import type { AddressOwners, NodeWithServices } from './types.ts';

/** Whether a node may be seen. */
export function canReadNode(authorizer: Authorizer, node: string): boolean {
  return authorizer.allows('node', 'read', node);
}

/** Whether a service may be seen. */
export function canReadService(authorizer: Authorizer, service: string): boolean {
  return authorizer.allows('service', 'read', service);
}

/** A check is seen with its node, and one of a service with that service. */
export function canReadCheck(authorizer: Authorizer, check: HealthCheck): boolean {
  if (!canReadNode(authorizer, check.Node)) return false;
  return check.ServiceName === '' || canReadService(authorizer, check.ServiceName);
}

/** Checks that may be seen. */
export function readableChecks(
  authorizer: Authorizer,
  found: readonly HealthCheck[],
): readonly HealthCheck[] {
  return found.filter((check) => canReadCheck(authorizer, check));
}

/** Instances of which both node and service may be seen. */
export function readableInstances(
  authorizer: Authorizer,
  found: readonly CheckServiceNode[],
): readonly CheckServiceNode[] {
  return found.filter(
    ({ Node: node, Service }) =>
      canReadNode(authorizer, node.Node) && canReadService(authorizer, Service.Service),
  );
}

/** Instances of which both node and service may be seen, in the catalog's form. */
export function readableServiceNodes(
  authorizer: Authorizer,
  found: readonly ServiceNode[],
): readonly ServiceNode[] {
  return found.filter(
    ({ Node: node, ServiceName }) =>
      canReadNode(authorizer, node) && canReadService(authorizer, ServiceName),
  );
}

/** Names of services that may be seen. */
export function readableServices(authorizer: Authorizer, found: ServiceTags): ServiceTags {
  const out: Record<string, readonly string[]> = Object.create(null);
  for (const [name, tags] of Object.entries(found)) {
    if (canReadService(authorizer, name)) out[name] = tags;
  }
  return out;
}

/** A node with those of its services that may be seen. */
export function readableNodeServices(
  authorizer: Authorizer,
  found: NodeWithServices | null,
): NodeWithServices | null {
  if (!found || !canReadNode(authorizer, found.node.Node)) return null;
  const seen = found.services.filter(({ Service }) => canReadService(authorizer, Service));
  return { node: found.node, services: seen };
}

/** Owners of an address that may be seen. */
export function readableOwners(authorizer: Authorizer, found: AddressOwners): AddressOwners {
  return {
    nodes: found.nodes.filter(({ Node: name }) => canReadNode(authorizer, name)),
    services: readableServiceNodes(authorizer, found.services),
  };
}

/**
 * A registration needs node:write where it changes the node or a check of the node, and service:write for the
 * service, for the one whose id it takes over, and for the service of each check.
 */
export function mayRegister(
  authorizer: Authorizer,
  request: LooseRegister,
  view: StateView,
): boolean {
  const mayNode = () => authorizer.allows('node', 'write', request.Node);
  const mayService = (name: string) => authorizer.allows('service', 'write', name);
  if (changesNode(request, nodeByName(view, request.Node)) && !mayNode()) return false;
  const { Service: service } = request;
  const nameOf = (id: string) => view.get(services, serviceKey(request.Node, id))?.service.Service;
  if (service) {
    const name = service.Service ?? '';
    const old = nameOf(service.ID || name);
    if (!mayService(name) || (old !== undefined && !mayService(old))) return false;
  }
  return request.Checks.every((check) => {
    const id = check.ServiceID ?? '';
    if (id === '') return mayNode();
    const isNew = service && (service.ID || service.Service) === id;
    const owner = isNew ? service.Service : nameOf(id);
    return owner !== undefined && owner !== null && mayService(owner);
  });
}

function changesNode(request: LooseRegister, node: CatalogNode | undefined): boolean {
  if (!node) return true;
  if (request.SkipNodeUpdate) return false;
  return (
    request.ID !== node.ID ||
    request.Address !== node.Address ||
    !sameValue(request.TaggedAddresses ?? null, node.TaggedAddresses) ||
    !sameValue(request.NodeMeta ?? null, node.Meta)
  );
}

/**
 * Who may write a node may remove everything on it: the agent may have lost the token of a service. Otherwise
 * service:write removes the service and its checks.
 */
export function mayDeregister(
  authorizer: Authorizer,
  { Node: node, ServiceID, CheckID }: DeregisterRequest,
  view: StateView,
): boolean {
  if (authorizer.allows('node', 'write', node)) return true;
  const owner =
    ServiceID !== ''
      ? view.get(services, serviceKey(node, ServiceID))?.service.Service
      : view.get(checks, checkKey(node, CheckID))?.ServiceName;
  return owner !== undefined && owner !== '' && authorizer.allows('service', 'write', owner);
}
