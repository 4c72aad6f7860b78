// Declaring a resource.
export type { ApplyContext, Command } from './command.ts';
export { defineCommand, Rollback } from './command.ts';
export type {
  BoundCall,
  CallEndpoint,
  CallOptions,
  Freshness,
  Proposal,
  ReadConsistency,
  ReadContext,
  ReadEndpoint,
  ReadOptions,
  ReadReply,
  Rpc,
  WriteContext,
  WriteEndpoint,
  WriteOptions,
} from './endpoint.ts';
export { PLAIN_READ, PLAIN_WRITE } from './endpoint.ts';
// Who may.
export type { CallGuard, ReadGuard, WriteGuard } from './guard.ts';
export {
  permissionDenied,
  prepareGuarded,
  readGuarded,
  requireCallAllowed,
} from './guarded.ts';
// Answering HTTP.
export type {
  BoundRoute,
  Handler,
  QueryParameters,
  ReadMeta,
  Reply,
  RequestContext,
} from './http.ts';
export { emptyReply, implement, jsonReply, readReply, textReply } from './http.ts';
export { decodeJsonBody } from './json-body.ts';
export type { ReplicaChange } from './replica.ts';
export { replicaChange } from './replica.ts';
export type { Resource } from './resource.ts';
