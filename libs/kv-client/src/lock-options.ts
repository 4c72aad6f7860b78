import type { SessionOptions } from './held-session.ts';

export interface LockOptions extends Partial<SessionOptions> {
  /** Kept under the key while the lock is held, for whoever looks. @default '' */
  readonly value?: string | Uint8Array;
  /**
   * How often a holder bears with an agent that cannot tell whether the lock is still held, 1 s apart, before
   * the lock counts as lost. @default 3
   */
  readonly monitorRetries?: number;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  /** Give up after this time. @default never */
  readonly timeoutMs?: number;
}

/** A lock, or a slot of a semaphore, that is held. */
export interface Held {
  /** Session that holds it. */
  readonly session: string;
  /** Fires when it is held no longer, but by `release`: stop at once what it protects. */
  readonly lost: AbortSignal;
  /** Gives it back; may be called twice. */
  release(): Promise<void>;
}
