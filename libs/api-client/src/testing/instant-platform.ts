import type { ClientPlatform } from '../platform.ts';

/** A platform on which sleeping takes no time: the clock jumps. Timers of `after` fire only by `advance`. */
export class InstantPlatform implements ClientPlatform {
  nowMs = 0;
  /** Every sleep, in order. */
  readonly slept: number[] = [];
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(ms);
    this.nowMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  random(): number {
    return 0.5;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  /** Moves the clock and fires what is due. */
  advance(ms: number): void {
    this.nowMs += ms;
    for (const timer of [...this.#timers]) {
      if (timer.atMs > this.nowMs) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}
