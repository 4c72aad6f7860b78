import type { Clock } from '@mesh/base';

/** Longest uninterrupted work on woken queries, milliseconds; then other input gets its turn. */
const SLICE_MS = 4;

/**
 * Runs woken blocking queries in slices, so that one write to a key with thousands of watchers does not
 * hold up everything else on the event loop. Order of waking is kept.
 */
export class WakeQueue {
  private queue: (() => void)[] = [];
  private at = 0;
  private scheduled = false;
  private readonly clock: Clock;
  private readonly defer: (callback: () => void) => void;

  constructor(clock: Clock, defer: (callback: () => void) => void) {
    this.clock = clock;
    this.defer = defer;
  }

  push(wake: () => void): void {
    this.queue.push(wake);
    if (this.scheduled) return;
    this.scheduled = true;
    this.defer(() => this.drain());
  }

  private drain(): void {
    const endMs = this.clock.monotonicMs() + SLICE_MS;
    while (this.at < this.queue.length) {
      const wake = this.queue[this.at++]!;
      wake();
      if (this.clock.monotonicMs() >= endMs) break;
    }
    if (this.at < this.queue.length) {
      this.defer(() => this.drain());
      return;
    }
    this.queue = [];
    this.at = 0;
    this.scheduled = false;
  }
}
