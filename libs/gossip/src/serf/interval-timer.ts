/** A task that is due again and again, driven by the caller's clock. */
export class IntervalTimer {
  private readonly intervalMs: number;
  private readonly task: (nowMs: number) => void;
  private dueMs = Number.POSITIVE_INFINITY;

  constructor(intervalMs: number, task: (nowMs: number) => void) {
    this.intervalMs = intervalMs;
    this.task = task;
  }

  start(nowMs: number): void {
    this.dueMs = nowMs + this.intervalMs;
  }

  /** Infinity before `start`. */
  get nextMs(): number {
    return this.dueMs;
  }

  /** Runs the task once when it is due, however late. */
  tick(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    this.dueMs = nowMs + this.intervalMs;
    this.task(nowMs);
  }
}
