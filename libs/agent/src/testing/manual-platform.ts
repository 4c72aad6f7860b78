import type { Platform, Timer } from '@mesh/base';

interface Pending {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A platform whose time moves only when told, and whose randomness is a constant. */
export class ManualPlatform implements Platform {
  nowMs = 1_700_000_000_000;
  /** What `random.float` yields. */
  chance = 0.5;
  private readonly pending = new Set<Pending>();
  private elapsedMs = 0;
  readonly clock = { nowMs: () => this.nowMs, monotonicMs: () => this.elapsedMs };
  readonly random = {
    float: () => this.chance,
    bytes: (count: number) => new Uint8Array(count),
    uuid: () => '00000000-0000-4000-8000-000000000000',
  };
  readonly timers = {
    after: (delayMs: number, callback: () => void): Timer => {
      const entry = { atMs: this.elapsedMs + delayMs, callback };
      this.pending.add(entry);
      return { cancel: () => this.pending.delete(entry) };
    },
  };

  /** Timers that wait. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Moves both clocks and runs what falls due, in order; callbacks may set further timers. */
  advance(byMs: number): void {
    const endMs = this.elapsedMs + byMs;
    for (;;) {
      const due = [...this.pending].filter(({ atMs }) => atMs <= endMs);
      const next = due.sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.pending.delete(next);
      this.move(Math.max(next.atMs, this.elapsedMs));
      next.callback();
    }
    this.move(endMs);
  }

  private move(toMs: number): void {
    this.nowMs += toMs - this.elapsedMs;
    this.elapsedMs = toMs;
  }
}
