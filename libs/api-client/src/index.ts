// For users.

// Types of the API itself.
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
  AutopilotConfiguration,
  AutopilotSettings,
  CatalogNode,
  CheckServiceNode,
  Coordinate,
  HealthCheck,
  HealthStatus,
  KvPair,
  NodeService,
  OperatorHealth,
  PreparedQuery,
  PreparedQueryResult,
  PreparedQueryService,
  RaftConfiguration,
  RaftServer,
  ServerHealth,
  ServiceNode,
  Session,
  UserEvent,
} from '@mesh/api-contract';
export { ApiClient } from './client.ts';
export { ApiError } from './errors.ts';
// For sibling libs.
export { onAbort } from './on-abort.ts';
export type { Answer, CallOptions, ClientOptions, ReadOptions } from './options.ts';
// For other transports, and for tests.
export type { ClientPlatform } from './platform.ts';
export { defaultPlatform } from './platform.ts';
export { Read } from './read.ts';
// Resources and what they take and give.
export type { AclApi } from './resources/acl.ts';
export type {
  AclAuthMethodChange,
  AclBindingRuleChange,
  AclGrantsChange,
  AclLinkChange,
  AclLogin,
  AclPolicyChange,
  AclReplication,
  AclRoleChange,
  AclTokenChange,
  AclTokenFilters,
} from './resources/acl-changes.ts';
export type {
  AgentApi,
  AgentCheckRequest,
  AgentMember,
  AgentSelf,
  AgentService,
  AgentServiceHealth,
  AgentServiceRequest,
  ConnectLeaf,
  ConnectRequest,
} from './resources/agent.ts';
export type {
  CatalogApi,
  NodeOptions,
  NodeWithServiceList,
  NodeWithServices,
  ServiceOptions,
} from './resources/catalog.ts';
export type { ConfigApi, ConfigEntry, ConfigEntryChange } from './resources/config.ts';
export type { ConnectApi, ConnectConfiguration, ConnectRoots } from './resources/connect.ts';
export type {
  CoordinateApi,
  DatacenterCoordinates,
  NodeCoordinate,
} from './resources/coordinate.ts';
export type { EventApi, EventFilters } from './resources/event.ts';
export type { HealthApi, HealthServiceOptions } from './resources/health.ts';
export type { IntentionApi, IntentionChange, IntentionNames } from './resources/intention.ts';
export type { KvApi, KvDeleteOptions, KvPutOptions } from './resources/kv.ts';
export type { AutopilotChange, OperatorApi } from './resources/operator.ts';
export type { ExecuteOptions, PreparedQueryRequest, QueryApi } from './resources/query.ts';
export type { SessionApi, SessionRequest } from './resources/session.ts';
export type { StatusApi } from './resources/status.ts';
export type {
  KvOperation,
  KvVerb,
  TxnApi,
  TxnError,
  TxnOperation,
  TxnResult,
} from './resources/txn.ts';
export { TXN_MAX_OPERATIONS } from './resources/txn.ts';
export type {
  FetchAnswer,
  FetchInit,
  FetchLike,
  WebSocketConstructor,
  WebSocketLike,
} from './transport.ts';
export type { WatchOptions } from './watch/watch-options.ts';
