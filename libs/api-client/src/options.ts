import type { ClientPlatform } from './platform.ts';
import type { FetchLike, WebSocketConstructor } from './transport.ts';

/** Settings of a client. All are optional: by default it talks to the agent on this machine. */
export interface ClientOptions {
  /** Where the agent listens. @default http://127.0.0.1:8500 */
  readonly address?: string;
  /** ACL token of every request. */
  readonly token?: string;
  /** Datacenter of every request. @default that of the agent */
  readonly datacenter?: string;
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default the global fetch */
  readonly fetch?: FetchLike;
  /**
   * For watches over one WebSocket. @default the global one; where there is none (Node 20), watches use
   * blocking queries unless `WebSocket` of the package ws is given here. null: blocking queries always.
   */
  readonly WebSocket?: WebSocketConstructor | null;
  /** Time for an answer, besides the wait of a blocking query. @default 10000 */
  readonly timeoutMs?: number;
  /** Further attempts of a request that may be repeated safely. @default 3 */
  readonly retries?: number;
  /** Pause before the first further attempt; doubles each time, with jitter. @default 100 */
  readonly retryDelayMs?: number;
  /** For tests. */
  readonly platform?: ClientPlatform;
}

/** Options of a single call. */
export interface CallOptions {
  readonly token?: string;
  readonly datacenter?: string;
  readonly signal?: AbortSignal;
  /** @default that of the client */
  readonly timeoutMs?: number;
  /** @default that of the client */
  readonly retries?: number;
}

/** Options of a read of replicated state. */
export interface ReadOptions extends CallOptions {
  /**
   * default: the leader under its lease; consistent: after a round of the leader with a majority; stale: any
   * server. @default 'default'
   */
  readonly consistency?: 'default' | 'consistent' | 'stale';
  /** Wait until the index of the answer is beyond this one: a blocking query. */
  readonly index?: number;
  /** Longest wait of a blocking query. @default 300000, the server's own */
  readonly waitMs?: number;
  /** Expression of the filter language. */
  readonly filter?: string;
  /** Take the answer from the agent's cache where it has one. */
  readonly cached?: boolean;
}

/** A successful answer of a read. */
export interface Answer<T> {
  readonly data: T;
  /** For the next blocking query. 0 where the route has none. */
  readonly index: number;
  readonly status: number;
  /** The answering server knew a leader. */
  readonly knownLeader: boolean;
  /** How long ago the answering server heard of the leader. */
  readonly lastContactMs: number;
  /** Hit or miss of the agent's cache; undefined when it was not asked. */
  readonly cacheHit: boolean | undefined;
}
