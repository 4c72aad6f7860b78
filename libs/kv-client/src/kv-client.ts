import {
  ApiClient,
  type ClientOptions,
  type ClientPlatform,
  defaultPlatform,
} from '@mesh/api-client';
import { type Codec, jsonCodec, textCodec } from './codec.ts';
import { KvStore } from './kv-store.ts';
import { Lock } from './lock.ts';
import type { LockOptions } from './lock-options.ts';
import { Semaphore } from './semaphore.ts';

/** The key-value store of an agent. As it comes, values are texts. */
export class KvClient extends KvStore<string> {
  /** The whole HTTP API. */
  readonly api: ApiClient;
  readonly #platform: ClientPlatform;

  /** @param options where the agent is, or a client of its API that is to be shared */
  constructor(options: ClientOptions | ApiClient = {}, platform?: ClientPlatform) {
    const api = options instanceof ApiClient ? options : new ApiClient(options);
    super(api, textCodec);
    this.api = api;
    const given = options instanceof ApiClient ? undefined : options.platform;
    this.#platform = platform ?? given ?? defaultPlatform;
  }

  /** Keys below a prefix with JSON values. @param validate makes a T of what was parsed, or throws */
  json<T>(prefix = '', validate?: (value: unknown) => T): KvStore<T> {
    return this.store(jsonCodec(validate), prefix);
  }

  /** Keys below a prefix with values of any form. */
  store<T>(codec: Codec<T>, prefix = ''): KvStore<T> {
    return new KvStore(this.api, codec, prefix);
  }

  /** A lock on a key, the same as `consul lock` takes with `KEY` = its prefix + `/.lock`. */
  lock(key: string, options?: LockOptions): Lock {
    return new Lock(this.api, this.#platform, key, options);
  }

  /** A lock with room for several holders. */
  semaphore(prefix: string, limit: number, options?: LockOptions): Semaphore {
    return new Semaphore(this.api, this.#platform, prefix, limit, options);
  }

  /**
   * Runs work while holding a lock; `lost` fires when the lock is lost meanwhile. @returns what the work
   * returns, undefined when `timeoutMs` went by before the lock was held
   */
  async withLock<R>(
    key: string,
    work: (lost: AbortSignal) => Promise<R>,
    options: LockOptions & { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<R | undefined> {
    const held = await this.lock(key, options).acquire(options);
    if (!held) return undefined;
    try {
      return await work(held.lost);
    } finally {
      await held.release();
    }
  }

  /** Closes what is open. */
  close(): void {
    this.api.close();
  }
}
