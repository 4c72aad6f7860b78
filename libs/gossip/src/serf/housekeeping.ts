import type { GossipConfig } from '../config.ts';
import { IntervalTimer } from './interval-timer.ts';

/** What is looked after now and then. */
export interface Chores {
  /** Forgets members and intents that are too old. */
  reap(nowMs: number): void;
  /** Tries a failed member again, perhaps. */
  reconnect(nowMs: number): void;
  /** Keeps the queues short. */
  checkQueues(nowMs: number): void;
}

/** Runs the chores of a member, each at its interval. */
export class Housekeeping {
  private readonly timers: readonly IntervalTimer[];

  constructor(
    config: Pick<GossipConfig, 'reapIntervalMs' | 'reconnectIntervalMs' | 'queueCheckIntervalMs'>,
    chores: Chores,
  ) {
    this.timers = [
      new IntervalTimer(config.reapIntervalMs, (nowMs) => chores.reap(nowMs)),
      new IntervalTimer(config.reconnectIntervalMs, (nowMs) => chores.reconnect(nowMs)),
      new IntervalTimer(config.queueCheckIntervalMs, (nowMs) => chores.checkQueues(nowMs)),
    ];
  }

  start(nowMs: number): void {
    for (const timer of this.timers) timer.start(nowMs);
  }

  tick(nowMs: number): void {
    for (const timer of this.timers) timer.tick(nowMs);
  }

  /** Infinity before `start`. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { nextMs } of this.timers) next = Math.min(next, nextMs);
    return next;
  }
}
