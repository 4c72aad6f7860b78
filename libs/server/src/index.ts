// For composition roots.
export { statusHttpRoutes } from './http/status.ts';
export type { RemoteRpcOptions } from './rpc/remote-rpc.ts';
export { RemoteRpc } from './rpc/remote-rpc.ts';
export type { Server } from './server.ts';
export { createServer } from './server.ts';
export type { ServerOptions, ServerPools } from './server-options.ts';
export type { SnapshotHttpParts } from './snapshot/http.ts';
export { snapshotHttpRoutes } from './snapshot/http.ts';
export type { SnapshotSource } from './snapshot/snapshots.ts';
