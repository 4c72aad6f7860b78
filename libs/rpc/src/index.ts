// Calls.
export type { CallClientLimits, CallClientOptions } from './calls/call-client.ts';
export { createCallClient } from './calls/call-client.ts';
// Raft.
export type { RaftTransportOptions } from './raft/raft-transport.ts';
export { RaftTransport } from './raft/raft-transport.ts';
export type { RaftTransportLimits } from './raft/transport-limits.ts';
export type { RpcServerLimits, RpcServerOptions, TransportSink } from './rpc-server.ts';
export { RpcServer } from './rpc-server.ts';
export type { IncomingTls, OutgoingTls } from './stream/tls.ts';
export type { CallClient, CallContext, CallHandler, CallSettings } from './types.ts';
