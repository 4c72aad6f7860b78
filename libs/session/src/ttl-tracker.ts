import { type Component, type Logger, parseDuration, type Timer, type Timers } from '@mesh/base';
import type { StateStore } from '@mesh/state';
import { allSessions, sessionById } from './queries.ts';

/** A session lives for this many times its TTL: clients renew late, clocks differ. */
const TTL_MULTIPLIER = 2;
/** Wait before a failed expiry is tried again, milliseconds. */
const RETRY_MS = 5000;
/**
 * Longest single timer, milliseconds. A session that was destroyed meanwhile is forgotten when its
 * timer fires, so that sessions with long TTLs that come and go do not pile up.
 */
const LOOK_EVERY_MS = 60_000;

export interface TtlTrackerParts {
  readonly timers: Timers;
  readonly logger: Logger;
  readonly store: StateStore;
  /** Writes the end of a session. */
  readonly expire: (sessionId: string) => Promise<unknown>;
}

/**
 * Leader duty: ends sessions whose owners have stopped renewing them. A new leader gives every
 * session a whole TTL again, since renewals are not written to the log.
 */
export class SessionTtlTracker implements Component {
  readonly name = 'session-ttl';
  private readonly pending = new Map<string, Timer>();
  private running = false;
  private readonly parts: TtlTrackerParts;

  constructor(parts: TtlTrackerParts) {
    this.parts = parts;
  }

  /** Sessions with a TTL running. */
  get size(): number {
    return this.pending.size;
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (const session of allSessions(this.parts.store.view())) this.arm(session.ID, session.TTL);
  }

  async stop(): Promise<void> {
    this.running = false;
    for (const timer of this.pending.values()) timer.cancel();
    this.pending.clear();
  }

  /** Restarts the TTL of a session; `ttl` where its log entry is not applied yet. */
  touch(sessionId: string, ttl?: string): void {
    if (!this.running) return;
    this.arm(sessionId, ttl ?? sessionById(this.parts.store.view(), sessionId)?.TTL ?? '');
  }

  private arm(sessionId: string, ttl: string): void {
    this.pending.get(sessionId)?.cancel();
    this.pending.delete(sessionId);
    const ttlMs = parseDuration(ttl) ?? 0;
    if (ttlMs <= 0) return;
    this.after(sessionId, ttlMs * TTL_MULTIPLIER);
  }

  private after(sessionId: string, delayMs: number): void {
    const stepMs = Math.min(delayMs, LOOK_EVERY_MS);
    const timer = this.parts.timers.after(stepMs, () => {
      this.pending.delete(sessionId);
      if (!sessionById(this.parts.store.view(), sessionId)) return;
      if (delayMs > stepMs) this.after(sessionId, delayMs - stepMs);
      else this.expire(sessionId);
    });
    this.pending.set(sessionId, timer);
  }

  private expire(sessionId: string): void {
    this.parts.logger.debug('Session TTL expired', { session: sessionId });
    this.parts.expire(sessionId).catch((error) => {
      this.parts.logger.error('Failed to expire session', {
        session: sessionId,
        error: String(error),
      });
      // Renewed meanwhile, or led anew: then a whole TTL is running again.
      if (this.running && !this.pending.has(sessionId)) this.after(sessionId, RETRY_MS);
    });
  }
}
