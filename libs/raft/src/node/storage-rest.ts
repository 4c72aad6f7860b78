import type { MeshError, Timer, Timers } from '@mesh/base';

const FIRST_MS = 50;
const LONGEST_MS = 1000;

/** A storage that refused a write is left alone for a while before it is tried again. */
export class StorageRest {
  private lastError: MeshError | undefined;
  private timer: Timer | undefined;
  private waitMs = FIRST_MS;
  private readonly timers: Timers;
  private readonly retry: () => void;

  constructor(timers: Timers, retry: () => void) {
    this.timers = timers;
    this.retry = retry;
  }

  get mayWrite(): boolean {
    return this.timer === undefined;
  }

  /** Why the last write failed; undefined when it did not. */
  get error(): MeshError | undefined {
    return this.lastError;
  }

  failed(error: MeshError): void {
    this.lastError = error;
    this.timer = this.timers.after(this.waitMs, () => {
      this.timer = undefined;
      this.retry();
    });
    this.waitMs = Math.min(2 * this.waitMs, LONGEST_MS);
  }

  worked(): void {
    this.lastError = undefined;
    this.waitMs = FIRST_MS;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
