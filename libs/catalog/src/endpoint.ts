/** RPC methods of the catalog. */

import {
  type CatalogNode,
  catalogRoutes,
  type DeregisterRequest,
  type ServiceNode,
} from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { CallEndpoint, ReadEndpoint, WriteContext, WriteEndpoint } from '@mesh/resource';
import {
  canReadNode,
  mayDeregister,
  mayRegister,
  readableNodeServices,
  readableOwners,
  readableServiceNodes,
  readableServices,
} from './access.ts';
import { deregisterEntry, registerEntry } from './commands.ts';
import {
  gatewayServiceFilter,
  keepMatching,
  nodeFilter,
  nodeServiceFilter,
  serviceNodeFilter,
} from './filter-schemas.ts';
import {
  type LooseRegister,
  normalizeCheck,
  normalizeNode,
  normalizeService,
} from './normalize.ts';
import {
  type InstanceQuery,
  listNodes,
  listServices,
  nodeByName,
  nodesAtAddress,
  type ServiceTags,
  serviceNodes,
  servicesAtAddress,
  servicesOnNode,
} from './queries.ts';
import type { AddressOwners, MetaFilter, NodeWithServices, RegisterPayload } from './types.ts';

/**
 * Registers a node with at most one service and any checks. For the API and for anti-entropy alike.
 */
export const catalogRegister: WriteEndpoint<LooseRegister, true> = {
  kind: 'write',
  method: 'Catalog.Register',
  acl: catalogRoutes.register.acl,
  guard: { check: mayRegister },
  prepare: (request, context) => ({
    command: registerEntry,
    payload: registerPayload(request, context),
  }),
};

/** Removes a service, a check or a node. */
export const catalogDeregister: WriteEndpoint<DeregisterRequest, true> = {
  kind: 'write',
  method: 'Catalog.Deregister',
  acl: catalogRoutes.deregister.acl,
  guard: { check: mayDeregister },
  prepare: ({ Node, ServiceID, CheckID }) => {
    if (Node === '') throw invalid('Must provide node');
    return { command: deregisterEntry, payload: { Node, ServiceID, CheckID } };
  },
};

function registerPayload(request: LooseRegister, context: WriteContext): RegisterPayload {
  if (request.Node === '') throw invalid('Must provide node');
  if (request.Address === '' && !request.SkipNodeUpdate) {
    throw invalid('Must provide address if SkipNodeUpdate is not set');
  }
  return {
    node: normalizeNode({
      ID: request.ID,
      Node: request.Node,
      Address: request.Address,
      Datacenter: request.Datacenter || context.datacenter,
      TaggedAddresses: request.TaggedAddresses,
      Meta: request.NodeMeta,
    }),
    skipNodeUpdate: request.SkipNodeUpdate,
    service: request.Service && normalizeService(request.Service),
    checks: request.Checks.map((check) => normalizeCheck(check, request.Node)),
  };
}

/** Names of the known datacenters, nearest first: what any server knows of the wide-area pool. */
export const catalogDatacenters: CallEndpoint<Record<string, never>, readonly string[]> = {
  kind: 'call',
  method: 'Catalog.ListDatacenters',
  acl: catalogRoutes.datacenters.acl,
  guard: 'public',
};

/** Which nodes a list wants. */
export interface ListNodesArgs {
  readonly nodeMeta: MetaFilter;
  /** Filter expression; "" for none. */
  readonly filter: string;
}

/** Nodes by name. */
export const catalogNodes: ReadEndpoint<ListNodesArgs, readonly CatalogNode[]> = {
  kind: 'read',
  method: 'Catalog.ListNodes',
  acl: catalogRoutes.nodes.acl,
  guard: {
    filter: (authorizer, rows) => rows.filter((node) => canReadNode(authorizer, node.Node)),
  },
  run: (view, { nodeMeta, filter }) => keepMatching(listNodes(view, nodeMeta), filter, nodeFilter),
};

/** Service names with their tags. */
export const catalogServices: ReadEndpoint<{ readonly nodeMeta: MetaFilter }, ServiceTags> = {
  kind: 'read',
  method: 'Catalog.ListServices',
  acl: catalogRoutes.services.acl,
  guard: { filter: readableServices },
  run: (view, { nodeMeta }) => listServices(view, nodeMeta),
};

/**
 * Which instances a query wants, and which of them are left after a filter expression ("" for
 * none).
 */
export interface ServiceNodesArgs extends InstanceQuery {
  readonly filter: string;
}

/** Instances of a service with their nodes. */
export const catalogServiceNodes: ReadEndpoint<ServiceNodesArgs, readonly ServiceNode[]> = {
  kind: 'read',
  method: 'Catalog.ServiceNodes',
  acl: catalogRoutes.service.acl,
  guard: { filter: readableServiceNodes },
  run: (view, args) => keepMatching(serviceNodes(view, args), args.filter, serviceNodeFilter),
};

/** The services of a node; null when the node is unknown. */
export const catalogNodeServices: ReadEndpoint<
  { readonly node: string; readonly filter: string },
  NodeWithServices | null
> = {
  kind: 'read',
  method: 'Catalog.NodeServices',
  acl: catalogRoutes.node.acl,
  guard: { filter: readableNodeServices },
  run: (view, { node, filter }) => {
    const found = servicesOnNode(view, node);
    const services = keepMatching(found?.services ?? [], filter, nodeServiceFilter);
    return found ? { node: found.node, services } : null;
  },
};

/** A node by name, any case; null when unknown. For DNS. */
export const catalogNode: ReadEndpoint<{ readonly node: string }, CatalogNode | null> = {
  kind: 'read',
  method: 'Catalog.Node',
  acl: catalogRoutes.node.acl,
  guard: {
    filter: (authorizer, node) => (node && canReadNode(authorizer, node.Node) ? node : null),
  },
  run: (view, { node }) => nodeByName(view, node) ?? null,
};

/** Nodes and services at an address (IPv4, or IPv6 in any spelling). For reverse DNS. */
export const catalogAddressOwners: ReadEndpoint<{ readonly address: string }, AddressOwners> = {
  kind: 'read',
  method: 'Catalog.AddressOwners',
  acl: catalogRoutes.nodes.acl,
  guard: { filter: readableOwners },
  run: (view, { address }) => ({
    nodes: nodesAtAddress(view, address),
    services: servicesAtAddress(view, address),
  }),
};

/** A service that a gateway is configured for. */
export interface GatewayService {
  readonly Gateway: { readonly Name: string };
  readonly Service: { readonly Name: string };
  readonly GatewayKind: string;
}

/**
 * Services of a gateway. Which ones they are is said by configuration entries; as long as there is
 * no way to write one, no gateway has any.
 */
export const catalogGatewayServices: ReadEndpoint<
  { readonly gateway: string; readonly filter: string },
  readonly GatewayService[]
> = {
  kind: 'read',
  method: 'Catalog.GatewayServices',
  acl: catalogRoutes.gatewayServices.acl,
  guard: {
    filter: (authorizer, rows) =>
      rows.filter(({ Service }) => authorizer.allows('service', 'read', Service.Name)),
  },
  run: (_view, { filter }) => keepMatching([], filter, gatewayServiceFilter),
};
