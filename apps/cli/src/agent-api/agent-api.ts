import type { Endpoint } from './endpoint.ts';
import { type Answer, exchange, type Receiver, type StreamedBody, stream } from './exchange.ts';

/** Query parameters; undefined ones are left out, true stands as `name=`. */
export type Query = Readonly<Record<string, string | readonly string[] | true | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  readonly body?: Uint8Array | string | StreamedBody;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** An answer of the agent that is not a success: `Unexpected response code: 500 (text)`. */
export class ApiStatusError extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(`Unexpected response code: ${status}${body === '' ? '' : ` (${body})`}`);
    this.status = status;
  }
}

/** The HTTP API of an agent, as a command uses it: a connection per call, errors in one line. */
export class AgentApi {
  readonly #endpoint: Endpoint;
  /** -datacenter, -stale and -namespace, sent with every call. */
  readonly #common: Query;

  constructor(endpoint: Endpoint, common: Query) {
    this.#endpoint = endpoint;
    this.#common = common;
  }

  /** The answer whatever its status. @throws Error `Get "URL": dial tcp ...` when there is none */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const target = this.#target(path, options.query);
    const { body, headers, signal } = options;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    try {
      return await exchange(this.#endpoint, {
        method,
        target,
        ...(bytes ? { body: bytes } : {}),
        ...(headers ? { headers } : {}),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      throw this.#withUrl(method, target, error);
    }
  }

  /** Parsed body of a success. @throws ApiStatusError for any other status */
  async get<T>(path: string, query?: Query): Promise<T> {
    return parseJson<T>(path, await this.#success('GET', path, query ? { query } : {}));
  }

  /** Body of a successful PUT. @throws ApiStatusError for any other status */
  async put(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#success('PUT', path, options)).body.toString('utf8');
  }

  /** Body of a successful POST. @throws ApiStatusError for any other status */
  async post(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.#success('POST', path, options)).body.toString('utf8');
  }

  /** Body of a successful DELETE. @throws ApiStatusError for any other status */
  async delete(path: string, query?: Query): Promise<string> {
    const answer = await this.#success('DELETE', path, query ? { query } : {});
    return answer.body.toString('utf8');
  }

  /** A GET whose answer has no end; resolves when the agent ends it. @throws ApiStatusError */
  async follow(
    path: string,
    query: Query,
    onData: (chunk: Buffer) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const target = this.#target(path, query);
    let failure: number | undefined;
    const problem: Buffer[] = [];
    const receiver: Receiver = {
      onHead: ({ status }) => {
        if (status !== 200) failure = status;
      },
      onBody: (chunk) => {
        if (failure === undefined) onData(chunk);
        else problem.push(chunk);
      },
    };
    try {
      await stream(this.#endpoint, { method: 'GET', target, signal }, receiver);
    } catch (error) {
      if (signal.aborted) return;
      throw this.#withUrl('GET', target, error);
    }
    if (failure !== undefined) {
      throw new ApiStatusError(failure, Buffer.concat(problem).toString('utf8'));
    }
  }

  async #success(method: string, path: string, options: CallOptions): Promise<Answer> {
    return success(await this.call(method, path, options));
  }

  #target(path: string, query: Query = {}): string {
    const pairs: string[] = [];
    for (const [name, value] of Object.entries({ ...this.#common, ...query })) {
      const values = Array.isArray(value) ? (value as readonly string[]) : [value];
      for (const one of values) {
        if (one === undefined) continue;
        pairs.push(`${name}=${one === true ? '' : encodeURIComponent(one as string)}`);
      }
    }
    pairs.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
    return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
  }

  #withUrl(method: string, target: string, error: unknown): Error {
    if (!(error instanceof Error) || error.name === 'AbortError') return error as Error;
    const verb = method[0] + method.slice(1).toLowerCase();
    return new Error(`${verb} "${this.#endpoint.baseUrl}${target}": ${error.message}`, {
      cause: error,
    });
  }
}

function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='));
}

/** The answer, if it is a success. @throws ApiStatusError for any status but 200 */
export function success(answer: Answer): Answer {
  if (answer.status === 200) return answer;
  throw new ApiStatusError(answer.status, answer.body.toString('utf8'));
}

/** Encodes a key or a name for a path, as Go's URL type does; slashes stay. */
export function encodePath(text: string): string {
  return encodeURI(text).replace(
    /[?#!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Parses a body; a body that is not JSON is an error that says what it comes from. */
export function parseJson<T>(path: string, answer: Answer): T {
  try {
    return JSON.parse(answer.body.toString('utf8')) as T;
  } catch (error) {
    throw new Error(`the answer to ${path} is not JSON: ${(error as Error).message}`);
  }
}
