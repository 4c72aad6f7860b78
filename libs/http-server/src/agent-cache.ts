import type { PlainReply } from './rendered-reply.ts';

/** Answers kept for ?cached. */
const MAX_ENTRIES = 4096;
/** An answer that nobody asked for in so long is forgotten (the original's own limit is 72 h). */
const MAX_IDLE_MS = 72 * 3_600_000;

interface KeptReply {
  readonly reply: PlainReply;
  /** Monotonic time at which the answer was last known to be current. */
  readonly currentAtMs: number;
}

/**
 * Last good answers to requests with ?cached. An agent that reaches the state answers from it, so a kept
 * answer is as current as the state and its Age is 0; it is the servers being out of reach that makes a
 * kept answer grow old and be served all the same.
 */
export class AgentCache {
  private readonly entries = new Map<string, KeptReply>();

  /** The kept answer and its age in milliseconds. */
  get(key: string, nowMs: number): { reply: PlainReply; ageMs: number } | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    const ageMs = nowMs - entry.currentAtMs;
    if (ageMs > MAX_IDLE_MS) {
      this.entries.delete(key);
      return undefined;
    }
    return { reply: entry.reply, ageMs };
  }

  /** Keeps an answer; the one untouched for longest goes when there are too many. */
  put(key: string, reply: PlainReply, nowMs: number): void {
    this.entries.delete(key);
    this.entries.set(key, { reply, currentAtMs: nowMs });
    if (this.entries.size <= MAX_ENTRIES) return;
    const oldest = this.entries.keys().next().value;
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
