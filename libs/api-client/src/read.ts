import { ApiError } from './errors.ts';
import type { HttpCaller, HttpReply } from './http-caller.ts';
import type { Answer, ReadOptions } from './options.ts';
import { withQuery } from './target.ts';
import type { WatchOptions } from './watch/watch-options.ts';

/** How the answer of a query becomes data. */
export interface Decoder<T> {
  /** `parse` of the whole text where JSON.parse would lose something. @default JSON.parse */
  readonly parse?: (text: string) => unknown;
  /** Statuses that are answers besides 200; `body` is null where there is none. */
  readonly accepts?: readonly number[];
  /** Accepted statuses besides 200 whose body counts. */
  readonly bodyOf?: readonly number[];
  decode(body: unknown, status: number): T;
}

/** Runs reads; implemented by the client. */
export interface ReadRunner {
  readonly caller: HttpCaller;
  watch<T>(read: Read<T>, options: WatchOptions): AsyncGenerator<Answer<T>, void, undefined>;
}

/**
 * A query that can be asked once, by awaiting it, or followed, by `watch`. Nothing is sent before that.
 */
export class Read<T> implements PromiseLike<Answer<T>> {
  /** Path with the query's own parameters. */
  readonly path: string;
  readonly decoder: Decoder<T>;
  readonly options: ReadOptions;
  readonly #runner: ReadRunner;

  constructor(runner: ReadRunner, path: string, decoder: Decoder<T>, options: ReadOptions) {
    this.#runner = runner;
    this.path = path;
    this.decoder = decoder;
    this.options = options;
  }

  /** Asks. @throws ApiError */
  async once(
    overrides: Pick<ReadOptions, 'index' | 'waitMs' | 'signal' | 'retries'> = {},
  ): Promise<Answer<T>> {
    const options = { ...this.options, ...overrides };
    const blocking = options.index !== undefined && options.index > 0;
    // The server adds up to a sixteenth to the wait, so that clients do not all come at once.
    const extraMs = blocking ? (options.waitMs ?? DEFAULT_WAIT_MS) * (1 + 1 / 16) : 0;
    const reply = await this.#runner.caller.send({
      method: 'GET',
      path: withQuery(this.path, readParameters(options)),
      idempotent: true,
      extraMs,
      options,
      ...(this.decoder.accepts ? { accepts: this.decoder.accepts } : {}),
    });
    return { ...answerOf(reply), data: this.#decode(reply) };
  }

  #decode({ body, status }: HttpReply): T {
    const { decoder } = this;
    const counts = status === 200 || decoder.bodyOf?.includes(status) === true;
    let value: unknown = null;
    if (counts && body !== '') {
      try {
        value = decoder.parse ? decoder.parse(body) : JSON.parse(body);
      } catch (cause) {
        throw new ApiError(`GET ${this.path}: the answer is not JSON`, { status, body, cause });
      }
    }
    return decoder.decode(value, status);
  }

  /** Follows the answer: yields it once, then again after each change, until the signal fires. */
  watch(options: WatchOptions = {}): AsyncGenerator<Answer<T>, void, undefined> {
    return this.#runner.watch(this, options);
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a query asks it
  then<A = Answer<T>, B = never>(
    onFulfilled?: ((answer: Answer<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.once().then(onFulfilled, onRejected);
  }
}

/** Wait of a blocking query that names none. */
export const DEFAULT_WAIT_MS = 300_000;

/** Parameters that every read takes. */
export function readParameters(options: ReadOptions) {
  return {
    stale: options.consistency === 'stale',
    consistent: options.consistency === 'consistent',
    filter: options.filter,
    cached: options.cached,
    index: options.index,
    wait:
      options.index === undefined || options.waitMs === undefined
        ? undefined
        : `${options.waitMs}ms`,
  };
}

function answerOf(reply: HttpReply): Omit<Answer<unknown>, 'data'> {
  const cache = reply.header('x-cache');
  const index = Number(reply.header('x-consul-index'));
  return {
    index: Number.isFinite(index) ? index : 0,
    status: reply.status,
    knownLeader: reply.header('x-consul-knownleader') === 'true',
    lastContactMs: Number(reply.header('x-consul-lastcontact')) || 0,
    cacheHit: cache === '' ? undefined : cache === 'HIT',
  };
}
