import type { Timer, Timers } from '@mesh/base';
import { noLeader } from '../errors.ts';
import type { ReadMode } from '../messages.ts';

interface Waiter {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
  /** Known once the leader has answered. */
  index: number | undefined;
}

/**
 * Reads that wait for a read index and then for the state machine to reach it. Reads of one turn and
 * mode share one request.
 */
export class ReadWaiters {
  private nextId = 1;
  private readonly waiting = new Map<number, Waiter>();
  private readonly open = new Map<ReadMode, Promise<void>>();
  private readonly timers: Timers;
  private readonly timeoutMs: number;
  private sweep: Timer | undefined;
  private oldest: number[] = [];

  constructor(timers: Timers, timeoutMs: number) {
    this.timers = timers;
    this.timeoutMs = timeoutMs;
  }

  /** Joins the request of this turn, or makes one by `ask`. */
  wait(mode: ReadMode, ask: (id: number) => void): Promise<void> {
    const shared = this.open.get(mode);
    if (shared) return shared;
    const id = this.nextId++;
    const waiter = newWaiter();
    this.waiting.set(id, waiter);
    this.open.set(mode, waiter.promise);
    this.armSweep();
    ask(id);
    return waiter.promise;
  }

  /** A turn is over: later reads need requests of their own. */
  closeTurn(): void {
    this.open.clear();
  }

  /** The leader's answer; -1 when it could not say. */
  answered(id: number, index: number, appliedIndex: number): void {
    const waiter = this.waiting.get(id);
    if (!waiter) return;
    if (index >= 0 && index > appliedIndex) {
      waiter.index = index;
      return;
    }
    this.waiting.delete(id);
    if (index < 0) waiter.reject(noLeader());
    else waiter.resolve();
  }

  /** The state machine has reached an index. */
  applied(appliedIndex: number): void {
    if (this.waiting.size === 0) return;
    for (const [id, waiter] of this.waiting) {
      if (waiter.index === undefined || waiter.index > appliedIndex) continue;
      this.waiting.delete(id);
      waiter.resolve();
    }
  }

  /** The leader that was asked is gone: reads that it has not answered fail. */
  leaderChanged(): void {
    for (const [id, waiter] of this.waiting) {
      if (waiter.index === undefined) this.fail(id, waiter);
    }
  }

  stop(): void {
    this.sweep?.cancel();
    this.sweep = undefined;
    for (const [id, waiter] of this.waiting) this.fail(id, waiter);
  }

  private fail(id: number, waiter: Waiter): void {
    this.waiting.delete(id);
    waiter.reject(noLeader());
  }

  /** One timer for all: what waited at two sweeps in a row has waited too long. */
  private armSweep(): void {
    this.sweep ??= this.timers.after(this.timeoutMs, () => {
      this.sweep = undefined;
      for (const id of this.oldest) {
        const waiter = this.waiting.get(id);
        if (waiter) this.fail(id, waiter);
      }
      this.oldest = [...this.waiting.keys()];
      if (this.oldest.length > 0) this.armSweep();
    });
  }
}

function newWaiter(): Waiter {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject, index: undefined };
}
