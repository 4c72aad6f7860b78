import type { Authorizer } from '@mesh/acl';
import type { AclRule } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import type { Command } from './command.ts';
import type { CallGuard, ReadGuard, WriteGuard } from './guard.ts';

/** How fresh a read must be (the original's consistency modes). */
export type ReadConsistency = 'default' | 'consistent' | 'stale';

export interface ReadOptions {
  /** "" is the local datacenter. */
  readonly datacenter: string;
  readonly token: string;
  readonly consistency: ReadConsistency;
  /** Answer only when the result's index exceeds this; 0 answers at once. */
  readonly minIndex: number;
  /** Longest wait when minIndex > 0, milliseconds; 0 is the configured default. */
  readonly maxWaitMs: number;
  /** Ask for `freshness` in the reply. */
  readonly track: boolean;
  readonly signal?: AbortSignal;
}

export interface WriteOptions {
  readonly datacenter: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** Tells how long a result stays the right answer to the same query. */
export interface Freshness {
  /** False from the moment that anything the result depends on has changed. */
  isFresh(): boolean;
  /** Called once when it stops being fresh (at once if it has). Returns a function that unsubscribes. */
  onStale(callback: () => void): () => void;
}

export interface ReadReply<R> {
  readonly value: R;
  /** For X-Consul-Index; at least 1. */
  readonly index: number;
  readonly knownLeader: boolean;
  readonly lastContactMs: number;
  /** Set when tracking was asked for and the serving store could track. */
  readonly freshness?: Freshness;
}

export interface ReadContext {
  /** What the reader may see; guards ask it, and so may `run`. */
  readonly authorizer: Authorizer;
  readonly datacenter: string;
  readonly nowMs: number;
}

/** An RPC method that reads. `run` is pure: state in, result out. */
export interface ReadEndpoint<A, R> {
  readonly kind: 'read';
  /** Wire name, `KVS.Get`. */
  readonly method: string;
  readonly acl: AclRule;
  readonly guard: ReadGuard<A, R>;
  run(view: StateView, args: A, context: ReadContext): R;
}

/** What the serving leader lends to the preparation of a write. */
export interface WriteContext {
  /** What the writer may do; guards ask it, and so may `prepare`. */
  readonly authorizer: Authorizer;
  readonly datacenter: string;
  readonly nowMs: number;
  readonly view: StateView;
  uuid(): string;
  /** Restarts the TTL of a session on the leader (Session.Renew and everything that counts as one). */
  touchSession(sessionId: string, ttl?: string): void;
}

/** A log entry about to be proposed. */
export interface Proposal<P, R> {
  readonly command: Command<P, R>;
  readonly payload: P;
  /** What of the result the writer may see. @default all of it */
  shown?(result: R): R;
}

/**
 * An RPC method that writes. `prepare` runs on the leader: it validates (throws MeshError), fills in what
 * must be decided once (ids, times), and names the log entry. It may answer without writing by returning
 * `{ answer }`.
 */
export interface WriteEndpoint<A, R> {
  readonly kind: 'write';
  readonly method: string;
  readonly acl: AclRule;
  readonly guard: WriteGuard<A>;
  /** Written in the primary datacenter, which the others follow. @default false */
  readonly isPrimarys?: boolean | ((args: never) => boolean);
  // biome-ignore lint/suspicious/noExplicitAny: the payload type is private to the endpoint
  prepare(args: A, context: WriteContext): Proposal<any, R> | { readonly answer: R };
}

/**
 * The way to the replicated state, wherever it is: in this process or behind a stream to a server.
 * Rejects with MeshError: `no-leader`, `no-servers`, `unknown-outcome` (a write whose fate is not known),
 * `cancelled`, or what the endpoint threw.
 */
export interface Rpc {
  read<A, R>(endpoint: ReadEndpoint<A, R>, args: A, options: ReadOptions): Promise<ReadReply<R>>;
  write<A, R>(endpoint: WriteEndpoint<A, R>, args: A, options: WriteOptions): Promise<R>;
  call<A, R>(endpoint: CallEndpoint<A, R>, args: A, options: CallOptions): Promise<R>;
}

/** Read options of a request that asks for nothing special. */
export const PLAIN_READ: ReadOptions = {
  datacenter: '',
  token: '',
  consistency: 'default',
  minIndex: 0,
  maxWaitMs: 0,
  track: false,
};

/** Write options of the agent itself. */
export const PLAIN_WRITE: WriteOptions = { datacenter: '', token: '' };

/**
 * An RPC method that is neither a read of the tables nor a log entry: what operators ask of the
 * servers themselves. The row names it; the server binds the code (BoundCall).
 */
export interface CallEndpoint<A, R> {
  readonly kind: 'call';
  /** Wire name, `Operator.RaftGetConfiguration`. */
  readonly method: string;
  readonly acl: AclRule;
  readonly guard: CallGuard<A>;
  /** Never set; holds the types of arguments and result. */
  readonly types?: (args: A) => R;
}

export interface CallOptions {
  /** "" is the local datacenter. */
  readonly datacenter: string;
  readonly token: string;
  /** `leader`: forwarded to the leader and held over an election. `any`: the server that was asked answers. */
  readonly server: 'leader' | 'any';
  readonly signal?: AbortSignal;
}

/** A call endpoint with the code behind it. Arguments come off the wire: `run` validates them. */
export interface BoundCall {
  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed calls
  readonly endpoint: CallEndpoint<any, any>;
  run(args: unknown, authorizer: Authorizer): unknown;
}
