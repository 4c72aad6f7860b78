/** One call as it arrives. */
export interface CallContext {
  /** host:port of the caller's end of the connection. */
  readonly remoteAddress: string;
  /** Aborted when the caller gave up, its deadline passed, or the connection went. */
  readonly signal: AbortSignal;
}

/**
 * Answers calls by method name. What it throws goes back as the MeshError it is (`internal` for
 * anything else). Bodies are plain data: what msgpack carries, with Uint8Array, undefined as absent,
 * and integers up to 2^53.
 */
export type CallHandler = (method: string, body: unknown, context: CallContext) => Promise<unknown>;

export interface CallSettings {
  /** Longest time to the answer, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Calls methods of other agents. Connections are made on the first call and kept. */
export interface CallClient {
  /**
   * Rejects with the MeshError that the handler threw; `unavailable` when the call certainly did
   * not reach the handler (no connection, queue full); `unknown-outcome` when the connection broke
   * or the deadline passed after it was sent; `cancelled` when `signal` aborted.
   */
  call(address: string, method: string, body: unknown, settings: CallSettings): Promise<unknown>;
}
