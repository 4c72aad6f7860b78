// For agent, DNS and http: RPC methods.

// For txn and agent: untrusted entities into their stored form.
export { looseCheck, looseNode, looseService } from './decode.ts';
export type {
  AddressOwners,
  GatewayService,
  ListNodesArgs,
  NodeWithServices,
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
// For txn and session: changes inside a log entry.
export { ensureCheck, ensureNode, ensureService, SERF_HEALTH } from './ensure.ts';
// For health: reads over a view, requests and replies.
export { checkFilter, checkServiceNodeFilter, keepMatching } from './filter-schemas.ts';
export type { CatalogHttpDeps } from './http.ts';
export { catalogHttpRoutes } from './http.ts';
export type { LooseCheck, LooseRegister, LooseService } from './normalize.ts';
export { normalizeCheck, normalizeNode, normalizeService } from './normalize.ts';
export { normalizeConnect, normalizeProxy } from './proxy-shape.ts';
export type { InstanceQuery, ServiceTags } from './queries.ts';
export { hasMeta, instancesOf, isEmptyFilter, nodeByName } from './queries.ts';
export { deleteCheck, deleteNode, deleteService } from './remove.ts';
export { nodeMetaOf, replyOf, replySorted, requireParam } from './request.ts';
export { catalogResource } from './resource.ts';
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
  CatalogHooks,
  CheckInput,
  MetaFilter,
  NodeInput,
  ServiceInput,
  ServiceRow,
  ServiceSummary,
} from './types.ts';
