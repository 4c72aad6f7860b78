// Routes as data.

export { aclRoutes } from './acl-routes.ts';
export type {
  AclAuthMethod,
  AclBindingRule,
  AclGrants,
  AclLink,
  AclNodeIdentity,
  AclPolicy,
  AclRole,
  AclServiceIdentity,
  AclToken,
} from './acl-types.ts';
export { agentConnectRoutes } from './agent-connect-routes.ts';
export { agentCheckRoutes, agentRoutes, agentServiceRoutes } from './agent-routes.ts';
export { catalogRoutes } from './catalog-routes.ts';
// Types of the API.
export type {
  CatalogNode,
  CheckServiceNode,
  ConnectConfig,
  Coordinate,
  DeregisterRequest,
  HealthCheck,
  HealthCheckDefinition,
  HealthStatus,
  NodeService,
  ProxyConfig,
  RaftIndex,
  RegisterRequest,
  ServiceAddress,
  ServiceNode,
  Weights,
} from './catalog-types.ts';
export { configEntryRoutes } from './config-entry-routes.ts';
export { connectCaRoutes } from './connect-ca-routes.ts';
export { coordinateRoutes } from './coordinate-routes.ts';
export type { DecodeOptions } from './decode-definitions.ts';
export { decodeCheckDefinition, decodeServiceDefinition } from './decode-definitions.ts';
export type { DefinitionSource } from './definition-record.ts';
export type { CheckDefinition, ServiceDefinition } from './definitions.ts';
export { eventRoutes } from './event-routes.ts';
export { healthRoutes } from './health-routes.ts';
export { intentionRoutes } from './intention-routes.ts';
export type { Intention, IntentionAction, IntentionMatches } from './intention-types.ts';
export type {
  UiNeighbour,
  UiServiceSummary,
  UiTopology,
  UiTopologyIntention,
} from './internal-routes.ts';
export { internalUiRoutes } from './internal-routes.ts';
export { keyringRoutes } from './keyring-routes.ts';
export { kvRoutes } from './kv-routes.ts';
export type { KvPair, Session, UserEvent } from './kv-types.ts';
export type { LiveCancel, LiveRequest, LiveSubscribe, LiveUpdate } from './live-types.ts';
export { LIVE_LIMITS } from './live-types.ts';
export { operatorRoutes } from './operator-routes.ts';
export type {
  AutopilotConfiguration,
  AutopilotSettings,
  KeyringResponse,
  OperatorHealth,
  RaftConfiguration,
  RaftServer,
  ServerHealth,
} from './operator-types.ts';
export { queryRoutes } from './query-routes.ts';
export type { PreparedQuery, PreparedQueryResult, PreparedQueryService } from './query-types.ts';
export type {
  AclRequirement,
  AclResource,
  AclRule,
  AclSegment,
  Consistency,
  HttpMethod,
  Route,
  RouteTable,
} from './route.ts';
export { defineRoutes, localRoute, readRoute, streamRoute, writeRoute } from './route.ts';
export { sessionRoutes } from './session-routes.ts';
export { snapshotRoutes } from './snapshot-routes.ts';
export { statusRoutes } from './status-routes.ts';
export { txnRoutes } from './txn-routes.ts';
export {
  checkNeedsInterval,
  META_KEY_MAX_LENGTH,
  META_MAX_PAIRS,
  META_VALUE_MAX_LENGTH,
  validateCheckDefinition,
  validateMeta,
  validateServiceDefinition,
} from './validate-definitions.ts';
