import { apiRoot } from '../routing/navigation.ts';
import { session } from '../settings/session.ts';

/** What the agent answered to a request that failed; status 0 when there was no answer. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

/** Values of a query string; undefined and false are left out, true is a bare name. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** @default the one signed in with */
  readonly token?: string;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  /** X-Consul-Index; 0 for none. */
  readonly index: number;
  readonly text: string;
  json<T>(): T;
}

/**
 * The path and query string of a route, `/v1/catalog/nodes?dc=dc2`. The path is already encoded.
 */
export function apiPath(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return [value === true ? name : `${name}=${encodeURIComponent(String(value))}`];
  });
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

/**
 * One request to the agent. Rejects with ApiFailure on any status of 400 and above, and when there is no
 * answer at all.
 */
export async function request(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  { query, json, bytes, token, signal }: RequestOptions = {},
): Promise<ApiAnswer> {
  const secret = token ?? session.value?.secretId ?? '';
  const headers: Record<string, string> = secret === '' ? {} : { 'X-Consul-Token': secret };
  const body = bytes ?? (json === undefined ? undefined : JSON.stringify(json));
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  const response = await send(apiPath(path, query), { method, headers, body, signal });
  const text = await response.text();
  if (response.status >= 400) {
    throw new ApiFailure(response.status, text.trim() || `the agent answered ${response.status}`);
  }
  return {
    status: response.status,
    index: Number(response.headers.get('x-consul-index') ?? 0),
    text,
    json: <T>() => JSON.parse(text) as T,
  };
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(apiRoot + path.slice(1), { ...init, cache: 'no-store' });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiFailure(0, 'the agent cannot be reached');
  }
}
