import type { Clock, Timer, Timers } from '@mesh/base';

/** The one timer of a consensus node: fires no later than its core's next deadline. */
export class TickTimer {
  private timer: Timer | undefined;
  private dueMs = Number.POSITIVE_INFINITY;
  private readonly clock: Clock;
  private readonly timers: Timers;
  private readonly onTick: () => void;

  constructor(platform: { readonly clock: Clock; readonly timers: Timers }, onTick: () => void) {
    this.clock = platform.clock;
    this.timers = platform.timers;
    this.onTick = onTick;
  }

  arm(dueMs: number): void {
    if (dueMs === Number.POSITIVE_INFINITY) return;
    // A timer that fires too early only looks again: cheaper than a new one at each heartbeat.
    if (this.timer && this.dueMs <= dueMs) return;
    this.timer?.cancel();
    this.dueMs = dueMs;
    this.timer = this.timers.after(Math.max(0, dueMs - this.clock.monotonicMs()), () => {
      this.timer = undefined;
      this.onTick();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
