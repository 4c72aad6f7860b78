import type { Timer, Timers } from '@mesh/base';

/** Longest delay that setTimeout takes, milliseconds. */
const MAX_TIMEOUT_MS = 2_147_483_647;
/** Cancelled entries are swept out when there are more of them than this and than live ones. */
const SWEEP_THRESHOLD = 1024;

interface Entry extends Timer {
  readonly atMs: number;
  callback: (() => void) | undefined;
}

/**
 * All timers of a process on one operating-system timer: a binary heap by deadline. Ten thousand parked
 * queries cost ten thousand small objects, no wake-ups. Callbacks never run early.
 */
export class TimerHeap implements Timers {
  private readonly heap: Entry[] = [];
  private cancelled = 0;
  private armed: NodeJS.Timeout | undefined;
  private armedForMs = Number.POSITIVE_INFINITY;
  private readonly now: () => number;
  private readonly onError: (error: unknown) => void;

  constructor(now: () => number, onError: (error: unknown) => void) {
    this.now = now;
    this.onError = onError;
  }

  /** Timers that are waiting. */
  get size(): number {
    return this.heap.length - this.cancelled;
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry: Entry = {
      atMs: this.now() + Math.max(0, delayMs),
      callback,
      cancel: () => {
        if (!entry.callback) return;
        entry.callback = undefined;
        this.cancelled++;
        const isSparse = this.cancelled > SWEEP_THRESHOLD && this.cancelled * 2 > this.heap.length;
        if (this.size === 0) this.clear();
        else if (isSparse) this.sweep();
      },
    };
    this.heap.push(entry);
    this.up(this.heap.length - 1);
    this.arm();
    return entry;
  }

  private arm(): void {
    const next = this.heap[0];
    if (!next || next.atMs >= this.armedForMs) return;
    if (this.armed) clearTimeout(this.armed);
    this.armedForMs = next.atMs;
    const delayMs = Math.min(MAX_TIMEOUT_MS, Math.max(0, Math.ceil(next.atMs - this.now())));
    this.armed = setTimeout(() => this.fire(), delayMs);
  }

  private fire(): void {
    this.armed = undefined;
    this.armedForMs = Number.POSITIVE_INFINITY;
    const nowMs = this.now();
    while (this.heap.length > 0 && this.heap[0]!.atMs <= nowMs) {
      const entry = this.pop();
      const { callback } = entry;
      if (!callback) {
        this.cancelled--;
        continue;
      }
      entry.callback = undefined;
      try {
        callback();
      } catch (error) {
        this.onError(error);
      }
    }
    this.arm();
  }

  private pop(): Entry {
    const top = this.heap[0]!;
    const last = this.heap.pop()!;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.down(0);
    }
    return top;
  }

  /** Nobody waits any more: what is left of the system's timer must not keep the process from ending. */
  private clear(): void {
    this.heap.length = 0;
    this.cancelled = 0;
    if (this.armed) clearTimeout(this.armed);
    this.armed = undefined;
    this.armedForMs = Number.POSITIVE_INFINITY;
  }

  private sweep(): void {
    const live = this.heap.filter((entry) => entry.callback);
    this.heap.length = 0;
    for (const entry of live) {
      this.heap.push(entry);
      this.up(this.heap.length - 1);
    }
    this.cancelled = 0;
  }

  private up(from: number): void {
    const entry = this.heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.heap[parent]!.atMs <= entry.atMs) break;
      this.heap[at] = this.heap[parent]!;
      at = parent;
    }
    this.heap[at] = entry;
  }

  private down(from: number): void {
    const entry = this.heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.heap.length) break;
      if (child + 1 < this.heap.length && this.heap[child + 1]!.atMs < this.heap[child]!.atMs) {
        child++;
      }
      if (this.heap[child]!.atMs >= entry.atMs) break;
      this.heap[at] = this.heap[child]!;
      at = child;
    }
    this.heap[at] = entry;
  }
}
