import { type ApiClient, ApiError, type ClientPlatform, type KvPair } from '@mesh/api-client';
import { deadline } from './deadline.ts';
import { LockError } from './errors.ts';
import { HeldSession } from './held-session.ts';
import type { AcquireOptions, Held, LockOptions } from './lock-options.ts';
import { monitor } from './monitor.ts';

/** Flags that mark a key as a lock; the original's libraries check it. */
export const LOCK_FLAGS = 0x2ddccbc058a50c18n;

/** Pause before another try when the key is free but still in its lock delay. */
const LOCK_DELAY_RETRY_MS = 5000;
const FAILURE_RETRY_MS = 1000;
const WAIT_MS = 15_000;

/**
 * A lock on a key, in the form of the original's libraries and of `consul lock`: all of them exclude each
 * other. One object holds it once; make another for another holder.
 */
export class Lock {
  readonly key: string;
  readonly #client: ApiClient;
  readonly #platform: ClientPlatform;
  readonly #options: LockOptions;
  #busy = false;

  constructor(client: ApiClient, platform: ClientPlatform, key: string, options: LockOptions = {}) {
    this.#client = client;
    this.#platform = platform;
    this.key = key;
    this.#options = options;
  }

  /**
   * Waits until the lock is held. @returns undefined when `timeoutMs` went by before
   * @throws LockError `conflict` when the key is used for something else, ApiError, the signal's reason
   */
  async acquire(options: AcquireOptions = {}): Promise<Held | undefined> {
    if (this.#busy)
      throw new LockError('already-held', `lock ${this.key} is in use by this object`);
    this.#busy = true;
    const limit = deadline(options, this.#platform);
    let session: HeldSession | undefined;
    try {
      const name = this.#options.name ?? `Lock on ${this.key}`;
      const request = { ...this.#options, name };
      session = await HeldSession.create(this.#client, this.#platform, request, limit.signal);
      await this.#waitFor(session, limit.signal);
      return this.#hold(session);
    } catch (error) {
      await session?.destroy();
      this.#busy = false;
      if (limit.isOver()) return undefined;
      throw error;
    } finally {
      limit.dispose();
    }
  }

  /**
   * Removes the key when nobody holds the lock. @throws LockError `in-use` when somebody does, `conflict` when
   * the key is no lock
   */
  async destroy(): Promise<void> {
    const { data: pair } = await this.#client.kv.get(this.key, { consistency: 'consistent' });
    if (pair === undefined) return;
    this.#requireLock(pair);
    const inUse = new LockError('in-use', `lock ${this.key} is in use`);
    if (pair.Session) throw inUse;
    if (!(await this.#client.kv.delete(this.key, { cas: pair.ModifyIndex }))) throw inUse;
  }

  async #waitFor(session: HeldSession, signal: AbortSignal): Promise<void> {
    let index = 0;
    for (;;) {
      session.lost.throwIfAborted();
      try {
        const read = this.#client.kv.get(this.key, { consistency: 'consistent' });
        const answer = await read.once({ index, waitMs: WAIT_MS, signal });
        index = answer.index < index ? 0 : answer.index;
        const pair = answer.data;
        if (pair) this.#requireLock(pair);
        if (pair?.Session === session.id) return;
        if (pair?.Session) continue;
        if (await this.#take(session, signal)) return;
        // Free and yet refused: somebody was quicker, or the key is in its lock delay.
        const again = await this.#client.kv.get(this.key, { consistency: 'consistent', signal });
        index = again.index;
        if (again.data?.Session) continue;
        await this.#platform.sleep(LOCK_DELAY_RETRY_MS, signal);
        index = 0;
      } catch (error) {
        if (signal.aborted || !(error instanceof ApiError) || !error.retryable) throw error;
        await this.#platform.sleep(FAILURE_RETRY_MS, signal);
        index = 0;
      }
    }
  }

  #take(session: HeldSession, signal: AbortSignal): Promise<boolean> {
    const value = this.#options.value ?? '';
    const options = { acquire: session.id, flags: LOCK_FLAGS, signal };
    return this.#client.kv.put(this.key, value, options);
  }

  #hold(session: HeldSession): Held {
    const lost = new AbortController();
    const ended = new AbortController();
    const lose = (reason: unknown) => {
      if (!ended.signal.aborted) lost.abort(reason);
      ended.abort();
    };
    session.lost.addEventListener('abort', () => lose(session.lost.reason), { once: true });
    const read = this.#client.kv.get(this.key, { consistency: 'consistent' });
    void monitor(read, (pair) => pair?.Session === session.id, {
      retries: this.#options.monitorRetries ?? 3,
      platform: this.#platform,
      signal: ended.signal,
    }).then((reason) => reason && lose(reason));
    let released: Promise<void> | undefined;
    return {
      session: session.id,
      lost: lost.signal,
      release: () => {
        ended.abort();
        released ??= this.#release(session);
        return released;
      },
    };
  }

  async #release(session: HeldSession): Promise<void> {
    try {
      const options = { release: session.id, flags: LOCK_FLAGS };
      await this.#client.kv.put(this.key, this.#options.value ?? '', options);
    } finally {
      // Ending the session gives the lock back too, if the line above did not.
      await session.destroy();
      this.#busy = false;
    }
  }

  #requireLock(pair: KvPair): void {
    if (BigInt(pair.Flags) === LOCK_FLAGS) return;
    throw new LockError('conflict', `key ${this.key} exists and is not a lock`);
  }
}
