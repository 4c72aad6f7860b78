import type { Route, RouteTable } from '@mesh/api-contract';
import type { Freshness, ReadOptions, ReadReply, WriteOptions } from './endpoint.ts';

/** Query string, decoded. Names are case-sensitive. */
export interface QueryParameters {
  /** First value; undefined when absent, "" for a bare name. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
}

/** A request as handlers see it. Common parameters are parsed and bad ones already refused. */
export interface RequestContext {
  readonly route: Route;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: QueryParameters;
  header(name: string): string | undefined;
  /** Whole body, within the row's limit. Empty when none. */
  readonly body: Uint8Array;
  /**
   * Of rows with `streamedBody`: the body as it arrives, to be walked once; `body` is empty then.
   * Throws `too-large` beyond the row's limit, and `cancelled` when the client goes away.
   */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
  readonly remoteAddress: string;
  /** From ?token, X-Consul-Token or Authorization: Bearer; "" when none. */
  readonly token: string;
  /** Raw ?filter= expression, "" when none or the row takes none. */
  readonly filter: string;
  /** Ready for Rpc.read: datacenter, consistency, index, wait, track, signal. */
  readonly readOptions: ReadOptions;
  /** Ready for Rpc.write. */
  readonly writeOptions: WriteOptions;
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}

/** What a read was answered from; becomes the X-Consul-* headers. */
export interface ReadMeta {
  readonly index: number;
  readonly knownLeader: boolean;
  readonly lastContactMs: number;
  readonly freshness?: Freshness;
}

interface ReplyBase {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly meta?: ReadMeta;
}

/**
 * An answer. `json` values are encoded by the server as Go would: Uint8Array as base64, bigint as number,
 * <, > and & escaped, undefined properties left out.
 */
export type Reply =
  | (ReplyBase & { readonly kind: 'json'; readonly value: unknown })
  | (ReplyBase & { readonly kind: 'text'; readonly text: string })
  | (ReplyBase & {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly contentType: string;
    })
  | (ReplyBase & { readonly kind: 'empty' })
  /** `write` resolves when the sink may take more; the stream ends when `run` returns. */
  | (ReplyBase & {
      readonly kind: 'stream';
      readonly contentType: string;
      run(write: (chunk: string | Uint8Array) => Promise<void>, signal: AbortSignal): Promise<void>;
    });

export type Handler = (request: RequestContext) => Reply | Promise<Reply>;

/** A route with its handler, ready for the server's table. */
export interface BoundRoute {
  readonly name: string;
  readonly route: Route;
  readonly handler: Handler;
}

/** Binds every row of a table to its handler; a row without one does not compile. */
export function implement<T extends RouteTable>(
  table: T,
  handlers: { readonly [K in keyof T]: Handler },
): readonly BoundRoute[] {
  return Object.keys(table).map((name) => ({
    name,
    route: table[name]!,
    handler: handlers[name]!,
  }));
}

/** 200 with a JSON body. */
export function jsonReply(value: unknown, headers?: Readonly<Record<string, string>>): Reply {
  return headers
    ? { kind: 'json', status: 200, value, headers }
    : { kind: 'json', status: 200, value };
}

/** 200 with the value of a read, or `value` in its place, and its X-Consul-* headers. */
export function readReply<R>(reply: ReadReply<R>, value: unknown = reply.value): Reply {
  return { kind: 'json', status: 200, value, meta: reply };
}

/** A text answer, the original's form for errors. */
export function textReply(status: number, text: string): Reply {
  return { kind: 'text', status, text };
}

/** An answer without a body. */
export function emptyReply(status = 200, meta?: ReadMeta): Reply {
  return meta ? { kind: 'empty', status, meta } : { kind: 'empty', status };
}
