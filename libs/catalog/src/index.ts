// For server: the resource and its routes.

export type { CatalogHttpDeps } from './http.ts';
export { catalogHttpRoutes } from './http.ts';
export { catalogResource } from './resource.ts';
export type { AddressOwners, CatalogHooks, NodeWithServices } from './types.ts';

// For agent, DNS and http: RPC methods.

export type {
  GatewayService,
  ListNodesArgs,
  ServiceNodesArgs,
} from './endpoint.ts';
export {
  catalogAddressOwners,
  catalogDatacenters,
  catalogDeregister,
  catalogGatewayServices,
  catalogNode,
  catalogNodeServices,
  catalogNodes,
  catalogRegister,
  catalogServiceNodes,
  catalogServices,
} from './endpoint.ts';
export type { ServiceTags } from './queries.ts';

// Who may see what: for health, txn, agent and the UI's overviews.

export {
  canReadCheck,
  canReadNode,
  canReadService,
  readableChecks,
  readableInstances,
} from './access.ts';

// For txn and agent: untrusted entities into their stored form.

export { looseCheck, looseNode, looseService } from './decode.ts';
export type { LooseCheck, LooseRegister, LooseService } from './normalize.ts';
export { normalizeCheck, normalizeNode, normalizeService } from './normalize.ts';
export { normalizeConnect, normalizeProxy } from './proxy-shape.ts';

// For txn and session: changes inside a log entry, and the tables.

export { ensureCheck, ensureNode, ensureService, SERF_HEALTH } from './ensure.ts';
export { deleteCheck, deleteNode, deleteService } from './remove.ts';
export {
  checkKey,
  checks,
  nameKey,
  nodes,
  onNode,
  serviceKey,
  services,
  summaries,
} from './table.ts';
export type {
  CheckInput,
  NodeInput,
  ServiceInput,
  ServiceRow,
  ServiceSummary,
} from './types.ts';

// For health: filters, reads over a view, requests and replies.

export {
  checkFilter,
  checkServiceNodeFilter,
  keepMatching,
  nodeServiceFilter,
} from './filter-schemas.ts';
export type { InstanceQuery } from './queries.ts';
export { hasMeta, instancesOf, isEmptyFilter, nodeByName } from './queries.ts';
export { nodeMetaOf, replySorted, requireParam } from './request.ts';
export type { MetaFilter } from './types.ts';
