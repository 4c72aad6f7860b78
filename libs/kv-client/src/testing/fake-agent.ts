/**
 * The key-value store and the sessions of an agent, in memory: enough of /v1/kv and /v1/session, with blocking
 * queries, to test clients against, as a function of the shape of fetch.
 */
import type { FetchInit, FetchLike } from '@mesh/api-client';
import { base64Encode, utf8Bytes } from '@mesh/base';

interface StoredPair {
  readonly key: string;
  readonly value: Uint8Array;
  readonly flags: bigint;
  readonly session: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
  readonly lockIndex: number;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly index?: number;
}

export class FakeAgent {
  /** What the next requests get instead of an answer. */
  readonly failures: { readonly status: number; readonly body: string }[] = [];
  readonly requests: string[] = [];
  readonly sessions = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #pairs = new Map<string, StoredPair>();
  readonly #sleepers = new Set<() => void>();
  #index = 10;
  #lastSession = 0;

  readonly fetch: FetchLike = async (url, init) => {
    const { pathname, searchParams } = new URL(url);
    this.requests.push(`${init.method} ${pathname}${new URL(url).search}`);
    init.signal?.throwIfAborted();
    const reply = this.failures.shift() ?? (await this.#answer(pathname, searchParams, init));
    const index = 'index' in reply && reply.index !== undefined ? String(reply.index) : null;
    return {
      status: reply.status,
      headers: { get: (name) => (name.toLowerCase() === 'x-consul-index' ? index : null) },
      text: async () => reply.body,
    };
  };

  /** Value of a key as text. */
  text(key: string): string | undefined {
    const pair = this.#pairs.get(key);
    return pair && new TextDecoder().decode(pair.value);
  }

  keys(): string[] {
    return [...this.#pairs.keys()].sort();
  }

  /** Writes as another client would. */
  write(key: string, text: string, flags = 0n, session = ''): void {
    this.#store(key, utf8Bytes(text), flags, session);
  }

  /** A session ends: the locks it held are free. */
  endSession(id: string): void {
    this.sessions.delete(id);
    for (const pair of this.#pairs.values()) {
      if (pair.session === id) this.#store(pair.key, pair.value, pair.flags, '');
    }
  }

  async #answer(path: string, query: URLSearchParams, init: FetchInit): Promise<Reply> {
    if (path.startsWith('/v1/session/'))
      return this.#session(path.slice('/v1/session/'.length), init);
    if (!path.startsWith('/v1/kv/')) return { status: 404, body: '' };
    const key = decodeURIComponent(path.slice('/v1/kv/'.length));
    if (init.method === 'PUT') return { status: 200, body: String(this.#put(key, query, init)) };
    if (init.method === 'DELETE') return { status: 200, body: String(this.#delete(key, query)) };
    const prefix = query.has('recurse') || query.has('keys');
    const known = Number(query.get('index') ?? 0);
    if (known > 0) await this.#changed(() => this.#indexOf(key, prefix) > known, init.signal);
    const index = this.#indexOf(key, prefix);
    const found = this.keys().filter((name) => (prefix ? name.startsWith(key) : name === key));
    if (found.length === 0) return { status: 404, body: '', index };
    if (query.has('keys')) return { status: 200, body: JSON.stringify(found), index };
    return { status: 200, body: `[${found.map((name) => this.#json(name)).join(',')}]`, index };
  }

  #session(action: string, init: FetchInit): Reply {
    const [verb, id = ''] = action.split('/');
    if (verb === 'create') {
      const created = `session-${++this.#lastSession}`;
      const { body } = init;
      const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : (body ?? '{}');
      this.sessions.set(created, JSON.parse(text) as Record<string, unknown>);
      return { status: 200, body: JSON.stringify({ ID: created }) };
    }
    if (verb === 'renew') {
      return this.sessions.has(id)
        ? { status: 200, body: JSON.stringify([{ ID: id }]) }
        : { status: 404, body: `Session id '${id}' not found` };
    }
    this.endSession(id);
    return { status: 200, body: 'true' };
  }

  #put(key: string, query: URLSearchParams, init: FetchInit): boolean {
    const value =
      typeof init.body === 'string' ? utf8Bytes(init.body) : (init.body ?? utf8Bytes(''));
    const flags = BigInt(query.get('flags') ?? 0);
    const old = this.#pairs.get(key);
    const cas = query.get('cas');
    if (cas !== null && Number(cas) !== (old?.modifyIndex ?? 0)) return false;
    const acquire = query.get('acquire');
    if (acquire !== null) {
      if (!this.sessions.has(acquire) || (old?.session && old.session !== acquire)) return false;
      this.#store(key, value, flags, acquire);
      return true;
    }
    const release = query.get('release');
    if (release !== null && old?.session !== release) return false;
    this.#store(key, value, flags, release === null ? (old?.session ?? '') : '');
    return true;
  }

  #delete(key: string, query: URLSearchParams): boolean {
    const cas = query.get('cas');
    const old = this.#pairs.get(key);
    if (cas !== null && Number(cas) !== (old?.modifyIndex ?? 0)) return false;
    const gone = query.has('recurse') ? this.keys().filter((name) => name.startsWith(key)) : [key];
    for (const name of gone) this.#pairs.delete(name);
    this.#index++;
    this.#wake();
    return true;
  }

  #store(key: string, value: Uint8Array, flags: bigint, session: string): void {
    const old = this.#pairs.get(key);
    const modifyIndex = ++this.#index;
    const took = session !== '' && session !== old?.session ? 1 : 0;
    const createIndex = old?.createIndex ?? modifyIndex;
    const lockIndex = (old?.lockIndex ?? 0) + took;
    this.#pairs.set(key, { key, value, flags, session, createIndex, modifyIndex, lockIndex });
    this.#wake();
  }

  #json(key: string): string {
    const pair = this.#pairs.get(key)!;
    const text = JSON.stringify({
      LockIndex: pair.lockIndex,
      Key: key,
      Flags: 0,
      Value: pair.value.length === 0 ? null : base64Encode(pair.value),
      ...(pair.session ? { Session: pair.session } : {}),
      CreateIndex: pair.createIndex,
      ModifyIndex: pair.modifyIndex,
    });
    return text.replace('"Flags":0', `"Flags":${pair.flags}`);
  }

  /** Index of a key while it is there, else that of the whole store, as the original answers. */
  #indexOf(key: string, prefix: boolean): number {
    const pair = this.#pairs.get(key);
    return pair && !prefix ? pair.modifyIndex : this.#index;
  }

  #changed(isDone: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!signal?.aborted && !isDone()) return;
        this.#sleepers.delete(check);
        signal?.removeEventListener('abort', check);
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      };
      this.#sleepers.add(check);
      signal?.addEventListener('abort', check);
      check();
    });
  }

  #wake(): void {
    for (const sleeper of [...this.#sleepers]) sleeper();
  }
}
