// For server and http.
export { kvApply, kvGet, kvList, kvListKeys } from './endpoint.ts';
export type { KvHttpDeps } from './http.ts';
export { kvHttpRoutes } from './http.ts';
// For txn.
export { applyOperation, releaseLocks } from './operations.ts';
export { pairOf, pairsUnder } from './queries.ts';
export { kvResource } from './resource.ts';
export type { KvOperation, KvWrite } from './types.ts';
