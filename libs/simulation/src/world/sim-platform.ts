import type { Clock, Timer, Timers } from '@mesh/base';
import type { EventLoop } from './event-loop.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Where events of a process come from; of one source they keep their order. */
export type Lane = 'client' | 'disk' | 'network' | 'timer';

const LANES: readonly Lane[] = ['client', 'disk', 'network', 'timer'];
/** Timers fire at least this much late, so that rounding never lets one fire before its time. */
const ROUNDING_MS = 1e-6;
/** And at most this much: shared timers are coarse. */
const TIMER_LATE_MS = 10;

/**
 * Clock and timers of one life of a process: they run at a rate of their own, stand still for its code
 * while it is paused (though time passes), and end with it.
 */
export class SimPlatform implements Clock, Timers {
  /** Added to the wall clock, milliseconds; jumps either way. */
  wallOffsetMs = 0;
  private isAlive = true;
  private pausedUntilMs = 0;
  private readonly laneDelaysMs: Record<Lane, number> = {
    client: 0,
    disk: 0,
    network: 0,
    timer: 0,
  };
  private readonly loop: EventLoop;
  private readonly rate: number;
  private readonly random: SeededRandom;
  private readonly startMs: number;

  constructor(loop: EventLoop, rate: number, random: SeededRandom) {
    this.loop = loop;
    this.rate = rate;
    this.random = random;
    this.startMs = loop.nowMs;
  }

  get alive(): boolean {
    return this.isAlive;
  }

  monotonicMs(): number {
    return 1000 + (this.loop.nowMs - this.startMs) * this.rate;
  }

  nowMs(): number {
    return 1_700_000_000_000 + this.loop.nowMs + this.wallOffsetMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    let isCancelled = false;
    const lateMs = delayMs > 0 ? this.random.between(ROUNDING_MS, TIMER_LATE_MS) : ROUNDING_MS;
    this.schedule(
      delayMs / this.rate + lateMs,
      () => {
        if (!isCancelled) callback();
      },
      'timer',
    );
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }

  /** Runs something in this process, in true milliseconds from now; late when it is paused. */
  schedule(delayMs: number, run: () => void, lane: Lane = 'network'): void {
    this.loop.schedule(delayMs, () => this.enter(run, lane));
  }

  /** Nothing of the process runs for so long (SIGSTOP, a stalled machine). */
  pause(ms: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, this.loop.nowMs + ms);
    for (const lane of LANES) this.laneDelaysMs[lane] = this.random.between(0, 5);
  }

  end(): void {
    this.isAlive = false;
  }

  private enter(run: () => void, lane: Lane): void {
    if (!this.isAlive) return;
    const waitMs = this.pausedUntilMs - this.loop.nowMs;
    // What piled up in the meantime is worked on source by source, in no certain order.
    if (waitMs > ROUNDING_MS) this.schedule(waitMs + this.laneDelaysMs[lane], run, lane);
    else run();
  }
}
