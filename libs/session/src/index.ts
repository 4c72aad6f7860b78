// For server and http.
export { invalidateSessionsOfCheck, invalidateSessionsOfNode } from './commands.ts';
export {
  requireSessionId,
  sessionCreate,
  sessionDestroy,
  sessionGet,
  sessionList,
  sessionRenew,
  sessionsByNode,
} from './endpoint.ts';
export type { SessionHttpDeps } from './http.ts';
export { sessionHttpRoutes } from './http.ts';
// For kv and txn.
export { sessionById } from './queries.ts';
export { sessionResource } from './resource.ts';
export { sessions } from './table.ts';
export type { TtlTrackerParts } from './ttl-tracker.ts';
export { SessionTtlTracker } from './ttl-tracker.ts';
export type { NewSession, SessionHooks, SessionRequest } from './types.ts';
export { MAX_LOCK_DELAY_NS } from './types.ts';
