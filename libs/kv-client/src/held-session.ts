import {
  type ApiClient,
  ApiError,
  type ClientPlatform,
  type SessionRequest,
} from '@mesh/api-client';
import { LockError } from './errors.ts';

/** The shortest that servers accept; they add as much again before they end a session. */
const MIN_TTL_MS = 10_000;

export interface SessionOptions {
  /** Name for whoever looks at the list of sessions. */
  readonly name: string;
  /** How long the session outlives this process at least. @default 15000, at least 10000 */
  readonly ttlMs?: number;
  /** How long a lock stays closed after its session was lost. @default 15000 */
  readonly lockDelayMs?: number;
}

/**
 * A session that is renewed while it is needed. `lost` fires when it is gone, or when it could not be
 * renewed for so long that it may be.
 */
export class HeldSession {
  readonly id: string;
  readonly lost: AbortSignal;
  readonly #client: ApiClient;
  readonly #platform: ClientPlatform;
  readonly #ttlMs: number;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();
  #renewedAtMs: number;

  private constructor(client: ApiClient, platform: ClientPlatform, id: string, ttlMs: number) {
    this.#client = client;
    this.#platform = platform;
    this.id = id;
    this.#ttlMs = ttlMs;
    this.lost = this.#lost.signal;
    this.#renewedAtMs = platform.monotonicMs();
  }

  /** @throws ApiError; or the reason of `signal` when that fires */
  static async create(
    client: ApiClient,
    platform: ClientPlatform,
    options: SessionOptions,
    signal?: AbortSignal,
  ): Promise<HeldSession> {
    const ttlMs = Math.max(options.ttlMs ?? 15_000, MIN_TTL_MS);
    const request: SessionRequest = {
      Name: options.name,
      TTL: `${Math.ceil(ttlMs / 1000)}s`,
      LockDelay: `${options.lockDelayMs ?? 15_000}ms`,
      Behavior: 'release',
    };
    const id = await client.session.create(request, signal ? { signal } : {});
    const session = new HeldSession(client, platform, id, ttlMs);
    void session.#renewUntilEnded();
    return session;
  }

  /** Ends the session: its locks are given back. Failures are left to the TTL. */
  async destroy(): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    try {
      await this.#client.session.destroy(this.id);
    } catch {
      // It ends by itself.
    }
  }

  async #renewUntilEnded(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        await this.#platform.sleep(this.#ttlMs / 3, signal);
        const session = await this.#client.session.renew(this.id, { signal, retries: 0 });
        if (session === undefined) {
          this.#lose('the session has ended');
          return;
        }
        this.#renewedAtMs = this.#platform.monotonicMs();
      } catch (error) {
        if (signal.aborted) return;
        const isFinal = error instanceof ApiError && !error.retryable;
        const silentMs = this.#platform.monotonicMs() - this.#renewedAtMs;
        if (isFinal || silentMs >= this.#ttlMs) {
          this.#lose('the session could not be renewed', error);
          return;
        }
      }
    }
  }

  #lose(why: string, cause?: unknown): void {
    this.#ended.abort();
    this.#lost.abort(new LockError('lost', why, { cause }));
  }
}
