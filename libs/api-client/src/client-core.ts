import type { Route } from '@mesh/api-contract';
import type { HttpCaller, HttpReply } from './http-caller.ts';
import type { CallOptions, ReadOptions } from './options.ts';
import { type Decoder, Read, type ReadRunner } from './read.ts';
import { type QueryValues, queryString, routePath } from './target.ts';

/** The part of a contract row that a request needs. */
export type RouteTarget = Pick<Route, 'method' | 'path'>;

/** A change to make. */
export interface Change {
  readonly route: RouteTarget;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: QueryValues;
  /** Texts and bytes as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Repeating it changes nothing more: it may be retried. */
  readonly idempotent: boolean;
  readonly accepts?: readonly number[];
  /** How much longer than usual it may take. */
  readonly extraMs?: number;
}

/** What the resources build their methods of. */
export class ClientCore {
  readonly #runner: ReadRunner;
  readonly #caller: HttpCaller;

  constructor(runner: ReadRunner) {
    this.#runner = runner;
    this.#caller = runner.caller;
  }

  /** A query of a row. */
  read<T>(
    route: RouteTarget,
    params: Readonly<Record<string, string>>,
    query: QueryValues,
    decoder: Decoder<T>,
    options: ReadOptions = {},
  ): Read<T> {
    const path = routePath(route, params) + queryString(query);
    return new Read(this.#runner, path, decoder, options);
  }

  /** Sends a change. @throws ApiError */
  change(change: Change, options: CallOptions = {}): Promise<HttpReply> {
    const { body } = change;
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    return this.#caller.send({
      method: change.route.method,
      path: routePath(change.route, change.params ?? {}) + queryString(change.query ?? {}),
      idempotent: change.idempotent,
      options,
      ...(body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }),
      ...(change.accepts ? { accepts: change.accepts } : {}),
      ...(change.extraMs ? { extraMs: change.extraMs } : {}),
    });
  }
}

/** The body as it comes out of JSON.parse. */
export function asIs<T>(): Decoder<T> {
  return { decode: (body) => body as T };
}

/** A list that some servers write as null when it is empty. */
export function asList<T>(): Decoder<readonly T[]> {
  return { decode: (body) => (body ?? []) as readonly T[] };
}
