/**
 * Messages of the WebSocket at GET /v1/live: many watches on one connection. Each is one JSON text message.
 * A subscription is a blocking query that the server repeats by itself: it sends the answer once, and again
 * each time that it changes.
 */

/** Asks to be told of the answer to a GET of a query route and of each of its changes. */
export interface LiveSubscribe {
  /** Chosen by the client, unique among its live subscriptions. At most 64 characters. */
  readonly id: string;
  /** Path and query string of a route that supports blocking queries, `/v1/kv/app?recurse`. */
  readonly path: string;
  /** Index of the answer that the client has; the first message comes when it changes. @default 0 */
  readonly index?: number;
}

/** Ends a subscription. Unknown ids are ignored: an error may have ended it already. */
export interface LiveCancel {
  readonly id: string;
  readonly cancel: true;
}

export type LiveRequest = LiveSubscribe | LiveCancel;

/**
 * An answer. Changes that come faster than the client reads are left out: the last one always arrives. A
 * status of 400 or more other than 404 ends the subscription.
 */
export interface LiveUpdate {
  readonly id: string;
  /** X-Consul-Index of the answer; 0 with an error. */
  readonly index: number;
  /** HTTP status that a plain request would have had. */
  readonly status: number;
  /** Parsed body; text for what is not JSON (base64 for bytes), null when there is none. */
  readonly body: unknown;
}

/** The server's limits, for clients that want to stay within them. */
export const LIVE_LIMITS = {
  /** Longest message of a client, bytes. */
  maxMessageBytes: 64 * 1024,
  /** Subscriptions of one connection. */
  maxSubscriptions: 1000,
  /** Connections of one agent. */
  maxConnections: 1000,
  /** Longest subscription id, characters. */
  maxIdLength: 64,
} as const;
