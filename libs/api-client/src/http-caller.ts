import { ApiError, isAbort } from './errors.ts';
import { onAbort } from './on-abort.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import { type ClientPlatform, defaultPlatform } from './platform.ts';
import { withQuery } from './target.ts';
import type { FetchLike } from './transport.ts';

/** One request, ready to be sent. */
export interface HttpCall {
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  /** Repeating it changes nothing: it may be retried. */
  readonly idempotent: boolean;
  /** Statuses that are answers besides 200. */
  readonly accepts?: readonly number[];
  /** How much longer than usual the answer may take. */
  readonly extraMs?: number;
  readonly options: CallOptions;
}

export interface HttpReply {
  readonly status: number;
  readonly body: string;
  header(name: string): string;
}

const DEFAULT_ADDRESS = 'http://127.0.0.1:8500';
const MAX_RETRY_DELAY_MS = 10_000;

/** Sends requests: addresses, headers, time limits, retries with backoff. */
export class HttpCaller {
  readonly baseUrl: string;
  readonly platform: ClientPlatform;
  readonly #options: ClientOptions;
  readonly #fetch: FetchLike;

  constructor(options: ClientOptions) {
    const address = options.address ?? DEFAULT_ADDRESS;
    this.baseUrl = (/^https?:\/\//.test(address) ? address : `http://${address}`).replace(
      /\/+$/,
      '',
    );
    this.platform = options.platform ?? defaultPlatform;
    this.#options = options;
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  /** @throws ApiError; or the reason of `options.signal` when that fires */
  async send(call: HttpCall): Promise<HttpReply> {
    const attempts =
      1 + (call.idempotent ? (call.options.retries ?? this.#options.retries ?? 3) : 0);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(call);
      } catch (error) {
        const retryable = error instanceof ApiError && error.retryable;
        if (!retryable || attempt >= attempts) throw error;
        await this.platform.sleep(this.#delayMs(attempt), call.options.signal);
      }
    }
  }

  async #attempt(call: HttpCall): Promise<HttpReply> {
    const { signal } = call.options;
    signal?.throwIfAborted();
    const timeoutMs =
      (call.options.timeoutMs ?? this.#options.timeoutMs ?? 10_000) + (call.extraMs ?? 0);
    const abort = new AbortController();
    const ignore = signal && onAbort(signal, () => abort.abort(signal.reason));
    let timedOut = false;
    const cancelTimeout = this.platform.after(timeoutMs, () => {
      timedOut = true;
      abort.abort();
    });
    try {
      const answer = await this.#fetch(this.baseUrl + this.#path(call), {
        method: call.method,
        headers: this.#headers(call.options),
        ...(call.body === undefined ? {} : { body: call.body as Uint8Array<ArrayBuffer> }),
        signal: abort.signal,
      });
      const body = await answer.text();
      if (answer.status !== 200 && !call.accepts?.includes(answer.status)) {
        throw ApiError.ofAnswer(call.method, call.path, answer.status, body);
      }
      return { status: answer.status, body, header: (name) => answer.headers.get(name) ?? '' };
    } catch (error) {
      if (error instanceof ApiError || isAbort(error, signal)) throw error;
      const why = timedOut ? `no answer within ${timeoutMs} ms` : reasonOf(error);
      const message = `${call.method} ${call.path}: ${why}`;
      throw new ApiError(message, { retryable: true, cause: error });
    } finally {
      cancelTimeout();
      ignore?.();
    }
  }

  #path(call: HttpCall): string {
    const datacenter = call.options.datacenter ?? this.#options.datacenter;
    return withQuery(call.path, { dc: datacenter });
  }

  #headers(options: CallOptions): Record<string, string> {
    const token = options.token ?? this.#options.token;
    const headers: Record<string, string> = { ...this.#options.headers };
    if (token !== undefined && token !== '') headers['X-Consul-Token'] = token;
    return headers;
  }

  /** Exponential with full jitter, so that clients cut off together do not come back together. */
  #delayMs(attempt: number): number {
    const first = this.#options.retryDelayMs ?? 100;
    return (
      Math.min(first * 2 ** (attempt - 1), MAX_RETRY_DELAY_MS) * (0.5 + this.platform.random() / 2)
    );
  }
}

/** fetch hides the reason of a failed connection in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { message: inner, code } = (cause ?? {}) as { message?: string; code?: string };
  const reason = inner || code;
  return reason ? `${message}: ${reason}` : message;
}
