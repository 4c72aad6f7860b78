// For server.
export type { ClusterHealth, ServerCondition } from './autopilot/health.ts';
export { assessCluster, UNKNOWN_HEALTH } from './autopilot/health.ts';
export { duePromotions } from './autopilot/promotions.ts';
export type { Removals } from './autopilot/removals.ts';
export { dueRemovals } from './autopilot/removals.ts';
export type {
  AutopilotLimits,
  ClusterSample,
  MemberState,
  OperatorMember,
  ServerStats,
} from './autopilot/types.ts';
export type { SetAutopilot } from './commands.ts';
export {
  autopilotGetConfiguration,
  autopilotSetConfiguration,
  raftGetConfiguration,
  raftRemovePeer,
  serverHealth,
} from './endpoint.ts';
// For composition roots.
export type { OperatorHttpDeps } from './http.ts';
export { operatorHttpRoutes } from './http.ts';
export type { KeyringAnswer, KeyringChangeArgs, KeyringListArgs } from './keyring/endpoint.ts';
export { keyringList, keyringOperation } from './keyring/endpoint.ts';
export type { KeyringPools } from './keyring/pools.ts';
export type { KeyringParts } from './keyring/resource.ts';
export { keyringResource } from './keyring/resource.ts';
export type { PeerName } from './raft.ts';
export type { OperatorParts } from './resource.ts';
export { operatorResource } from './resource.ts';
export { DEFAULT_LIMITS, limitsOf, settingsOf } from './settings.ts';
export { autopilotConfiguration } from './table.ts';
