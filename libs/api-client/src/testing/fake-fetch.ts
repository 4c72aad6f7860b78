import type { FetchInit, FetchLike } from '../transport.ts';

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FakeRequest extends FetchInit {
  readonly url: string;
}

/** A fetch that answers from a script; 'hang' never answers, an Error rejects. */
export class FakeFetch {
  readonly requests: FakeRequest[] = [];
  readonly #script: (FakeAnswer | 'hang' | Error)[];

  constructor(...script: (FakeAnswer | 'hang' | Error)[]) {
    this.#script = script;
  }

  readonly fetch: FetchLike = async (url, init) => {
    this.requests.push({ ...init, url });
    const next = this.#script.shift() ?? 'hang';
    if (next instanceof Error) throw next;
    if (next === 'hang') {
      return new Promise((_resolve, reject) => {
        const { signal } = init;
        const onAbort = () => reject(signal?.reason);
        if (signal?.aborted) onAbort();
        else signal?.addEventListener('abort', onAbort);
      });
    }
    const { status = 200, headers = {}, body } = next;
    return {
      status,
      headers: { get: (name) => headers[name.toLowerCase()] ?? null },
      text: async () =>
        typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    };
  };

  /** Path and query of a request. */
  path(at = this.requests.length - 1): string {
    return this.requests[at]!.url.replace(/^https?:\/\/[^/]*/, '');
  }
}

/** An answer with an index. */
export function indexed(index: number, data: unknown): FakeAnswer {
  return {
    headers: { 'x-consul-index': String(index), 'x-consul-knownleader': 'true' },
    body: data === undefined ? '' : JSON.stringify(data),
  };
}
