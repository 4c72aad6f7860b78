import { type ApiClient, ApiError, type ClientPlatform } from '@mesh/api-client';
import { deadline } from './deadline.ts';
import { LockError } from './errors.ts';
import { HeldSession } from './held-session.ts';
import type { AcquireOptions, Held, LockOptions } from './lock-options.ts';
import { monitor } from './monitor.ts';
import {
  encodeSemaphore,
  readSemaphore,
  SEMAPHORE_FLAGS,
  SEMAPHORE_KEY,
} from './semaphore-state.ts';

const FAILURE_RETRY_MS = 1000;
const WAIT_MS = 15_000;

/**
 * A lock with room for `limit` holders, in the form of the original's libraries and of `consul lock -n`. All
 * users must name the same limit. One object holds one slot.
 */
export class Semaphore {
  /** Ends with a slash. */
  readonly prefix: string;
  readonly limit: number;
  readonly #client: ApiClient;
  readonly #platform: ClientPlatform;
  readonly #options: LockOptions;
  #busy = false;

  constructor(
    client: ApiClient,
    platform: ClientPlatform,
    prefix: string,
    limit: number,
    options: LockOptions = {},
  ) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}: at least 1`);
    this.#client = client;
    this.#platform = platform;
    this.prefix = prefix.endsWith('/') ? prefix : `${prefix}/`;
    this.limit = limit;
    this.#options = options;
  }

  /**
   * Waits until a slot is held. @returns undefined when `timeoutMs` went by before
   * @throws LockError `conflict` or `limit-mismatch`, ApiError, the signal's reason
   */
  async acquire(options: AcquireOptions = {}): Promise<Held | undefined> {
    if (this.#busy) {
      throw new LockError('already-held', `semaphore ${this.prefix} is in use by this object`);
    }
    this.#busy = true;
    const limit = deadline(options, this.#platform);
    let session: HeldSession | undefined;
    try {
      const name = this.#options.name ?? `Semaphore at ${this.prefix}`;
      const request = { ...this.#options, name };
      session = await HeldSession.create(this.#client, this.#platform, request, limit.signal);
      await this.#announce(session, limit.signal);
      await this.#waitFor(session, limit.signal);
      return this.#hold(session);
    } catch (error) {
      if (session) await this.#withdraw(session);
      this.#busy = false;
      if (limit.isOver()) return undefined;
      throw error;
    } finally {
      limit.dispose();
    }
  }

  /** Removes the semaphore when nobody holds a slot. @throws LockError `in-use`, `conflict` */
  async destroy(): Promise<void> {
    const { data: pairs } = await this.#client.kv.list(this.prefix, { consistency: 'consistent' });
    const state = readSemaphore(this.prefix, pairs, this.limit);
    if (state.modifyIndex === 0) return;
    const inUse = new LockError('in-use', `semaphore ${this.prefix} is in use`);
    if (state.holders.size > 0) throw inUse;
    const key = this.prefix + SEMAPHORE_KEY;
    if (!(await this.#client.kv.delete(key, { cas: state.modifyIndex }))) throw inUse;
  }

  /** Makes the key of this contender: whoever reads sees that its session lives. */
  async #announce(session: HeldSession, signal: AbortSignal): Promise<void> {
    const key = this.prefix + session.id;
    const options = { acquire: session.id, flags: SEMAPHORE_FLAGS, signal };
    if (await this.#client.kv.put(key, this.#options.value ?? '', options)) return;
    throw new LockError('lost', 'the session cannot lock its own key');
  }

  async #waitFor(session: HeldSession, signal: AbortSignal): Promise<void> {
    let index = 0;
    for (;;) {
      session.lost.throwIfAborted();
      try {
        const read = this.#client.kv.list(this.prefix, { consistency: 'consistent' });
        const answer = await read.once({ index, waitMs: WAIT_MS, signal });
        index = answer.index < index ? 0 : answer.index;
        const state = readSemaphore(this.prefix, answer.data, this.limit);
        if (state.holders.has(session.id)) return;
        if (state.holders.size >= this.limit) continue;
        const holders = new Set([...state.holders, session.id]);
        if (await this.#write(holders, state.modifyIndex, signal)) return;
        // Somebody else wrote in between.
        index = 0;
      } catch (error) {
        if (signal.aborted || !(error instanceof ApiError) || !error.retryable) throw error;
        await this.#platform.sleep(FAILURE_RETRY_MS, signal);
        index = 0;
      }
    }
  }

  #write(
    holders: ReadonlySet<string>,
    modifyIndex: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    return this.#client.kv.put(this.prefix + SEMAPHORE_KEY, encodeSemaphore(this.limit, holders), {
      cas: modifyIndex,
      flags: SEMAPHORE_FLAGS,
      ...(signal ? { signal } : {}),
    });
  }

  #hold(session: HeldSession): Held {
    const lost = new AbortController();
    const ended = new AbortController();
    const lose = (reason: unknown) => {
      if (!ended.signal.aborted) lost.abort(reason);
      ended.abort();
    };
    session.lost.addEventListener('abort', () => lose(session.lost.reason), { once: true });
    const read = this.#client.kv.list(this.prefix, { consistency: 'consistent' });
    const stillHeld = (pairs: Parameters<typeof readSemaphore>[1]) => {
      try {
        return readSemaphore(this.prefix, pairs, this.limit).holders.has(session.id);
      } catch {
        return false;
      }
    };
    void monitor(read, stillHeld, {
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
      for (;;) {
        const read = this.#client.kv.list(this.prefix, { consistency: 'consistent' });
        const { data: pairs } = await read;
        const state = readSemaphore(this.prefix, pairs, this.limit);
        if (!state.holders.has(session.id)) break;
        const holders = new Set([...state.holders].filter((holder) => holder !== session.id));
        if (await this.#write(holders, state.modifyIndex)) break;
      }
    } finally {
      await this.#withdraw(session);
      this.#busy = false;
    }
  }

  /** Takes the contender's key away and ends its session. */
  async #withdraw(session: HeldSession): Promise<void> {
    try {
      await this.#client.kv.delete(this.prefix + session.id);
    } catch {
      // Without its session the key counts for nothing.
    }
    await session.destroy();
  }
}
