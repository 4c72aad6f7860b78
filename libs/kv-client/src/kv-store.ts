import type { Answer, ApiClient, KvPair, ReadOptions, WatchOptions } from '@mesh/api-client';
import type { Codec } from './codec.ts';
import { DecodeError } from './errors.ts';

/** A key with its decoded value. */
export interface KvEntry<T> {
  readonly key: string;
  readonly value: T;
  /** Number kept with the key; bigint beyond 2^53. */
  readonly flags: number | bigint;
  /** Session that holds the lock on it; undefined when nobody does. */
  readonly session: string | undefined;
  readonly createIndex: number;
  /** For `cas`: changes with each write. */
  readonly modifyIndex: number;
  /** How often a lock was taken on it. */
  readonly lockIndex: number;
}

export type KvReadOptions = Pick<
  ReadOptions,
  'consistency' | 'datacenter' | 'signal' | 'timeoutMs' | 'token'
>;

export interface KvWriteOptions {
  /** @default 0 */
  readonly flags?: number | bigint;
  readonly signal?: AbortSignal;
  readonly token?: string;
  readonly datacenter?: string;
}

/** Values of one type under keys that all begin the same way. */
export class KvStore<T> {
  /** Stands before every key; never seen in keys given or got. */
  readonly prefix: string;
  readonly #client: ApiClient;
  readonly #codec: Codec<T>;

  constructor(client: ApiClient, codec: Codec<T>, prefix = '') {
    this.#client = client;
    this.#codec = codec;
    this.prefix = prefix;
  }

  /** The same keys with values of another type. */
  withCodec<U>(codec: Codec<U>): KvStore<U> {
    return new KvStore(this.#client, codec, this.prefix);
  }

  /** The keys below a prefix, which is left out of their names from then on. */
  at(prefix: string): KvStore<T> {
    return new KvStore(this.#client, this.#codec, this.prefix + prefix);
  }

  /** One key; undefined where there is none. @throws ApiError, DecodeError */
  async get(key: string, options?: KvReadOptions): Promise<KvEntry<T> | undefined> {
    const { data } = await this.#client.kv.get(this.prefix + key, options);
    return data && this.#decode(data);
  }

  /** All keys that begin with a prefix, in order. @throws ApiError, DecodeError */
  async list(prefix = '', options?: KvReadOptions): Promise<readonly KvEntry<T>[]> {
    const { data } = await this.#client.kv.list(this.prefix + prefix, options);
    return data.map((pair) => this.#decode(pair));
  }

  /** Names of the keys that begin with a prefix, cut after the next `separator` behind it. */
  async keys(
    prefix = '',
    options: KvReadOptions & { readonly separator?: string } = {},
  ): Promise<readonly string[]> {
    const { data } = await this.#client.kv.keys(this.prefix + prefix, options);
    return data.map((key) => key.slice(this.prefix.length));
  }

  /** Writes. @throws ApiError */
  async put(key: string, value: T, options: KvWriteOptions = {}): Promise<void> {
    await this.#client.kv.put(this.prefix + key, this.#codec.encode(value), options);
  }

  /**
   * Writes only if the key is still at `modifyIndex`; 0: only if there is no such key. @returns whether it
   * was written
   */
  cas(key: string, value: T, modifyIndex: number, options: KvWriteOptions = {}): Promise<boolean> {
    const bytes = this.#codec.encode(value);
    return this.#client.kv.put(this.prefix + key, bytes, { ...options, cas: modifyIndex });
  }

  /**
   * Changes a value by a function, again and again until nobody else wrote in between. The function gets
   * undefined where there is no key; when it returns undefined nothing is written.
   */
  async update(
    key: string,
    change: (value: T | undefined) => T | undefined,
    options: KvWriteOptions = {},
  ): Promise<T | undefined> {
    for (;;) {
      const { signal, token, datacenter } = options;
      const entry = await this.get(key, {
        consistency: 'consistent',
        ...(signal ? { signal } : {}),
        ...(token ? { token } : {}),
        ...(datacenter ? { datacenter } : {}),
      });
      const value = change(entry?.value);
      if (value === undefined) return entry?.value;
      const flags = options.flags ?? entry?.flags ?? 0;
      if (await this.cas(key, value, entry?.modifyIndex ?? 0, { ...options, flags })) return value;
    }
  }

  /**
   * Deletes a key; that there is none is no failure. With `modifyIndex` only if it is still there.
   * @returns false when `modifyIndex` did not hold
   */
  delete(
    key: string,
    options: KvWriteOptions & { readonly modifyIndex?: number } = {},
  ): Promise<boolean> {
    const { modifyIndex, ...rest } = options;
    const cas = modifyIndex === undefined ? {} : { cas: modifyIndex };
    return this.#client.kv.delete(this.prefix + key, { ...rest, ...cas });
  }

  /** Deletes every key that begins with a prefix. */
  async deletePrefix(prefix: string, options: KvWriteOptions = {}): Promise<void> {
    await this.#client.kv.delete(this.prefix + prefix, { ...options, recurse: true });
  }

  /**
   * Follows a key: yields it at once, then after each change; undefined while there is none. Ends with the
   * signal; gets over lost connections and restarts by itself. @throws ApiError that a retry cannot help
   */
  async *watch(
    key: string,
    options: WatchOptions = {},
  ): AsyncGenerator<KvEntry<T> | undefined, void, undefined> {
    const answers: AsyncIterable<Answer<KvPair | undefined>> = this.#client.kv
      .get(this.prefix + key)
      .watch(options);
    for await (const { data } of answers) yield data && this.#decode(data);
  }

  /** Follows all keys that begin with a prefix: yields all of them at each change. */
  async *watchPrefix(
    prefix = '',
    options: WatchOptions = {},
  ): AsyncGenerator<readonly KvEntry<T>[], void, undefined> {
    const answers: AsyncIterable<Answer<readonly KvPair[]>> = this.#client.kv
      .list(this.prefix + prefix)
      .watch(options);
    for await (const { data } of answers) yield data.map((pair) => this.#decode(pair));
  }

  #decode(pair: KvPair): KvEntry<T> {
    let value: T;
    try {
      value = this.#codec.decode(pair.Value ?? new Uint8Array());
    } catch (error) {
      throw new DecodeError(pair.Key, error);
    }
    return {
      key: pair.Key.slice(this.prefix.length),
      value,
      flags: pair.Flags,
      session: pair.Session || undefined,
      createIndex: pair.CreateIndex,
      modifyIndex: pair.ModifyIndex,
      lockIndex: pair.LockIndex,
    };
  }
}
