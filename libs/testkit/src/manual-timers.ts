import type { Timer, Timers } from '@mesh/base';

interface Pending {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Timers that fire when the test says so, in order of their time. */
export class ManualTimers implements Timers {
  /** Time passed so far, milliseconds. */
  nowMs = 0;
  private readonly waiting = new Set<Pending>();

  /** Timers that neither fired nor were cancelled. */
  get pending(): number {
    return this.waiting.size;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.waiting.add(timer);
    return { cancel: () => void this.waiting.delete(timer) };
  }

  /** Lets time pass; what fires on the way may set further timers, and promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.nowMs + byMs;
    for (let next = this.next(untilMs); next; next = this.next(untilMs)) {
      this.waiting.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await new Promise(setImmediate);
    }
    this.nowMs = untilMs;
  }

  private next(untilMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.waiting) {
      if (timer.atMs <= untilMs && (!first || timer.atMs < first.atMs)) first = timer;
    }
    return first;
  }
}
