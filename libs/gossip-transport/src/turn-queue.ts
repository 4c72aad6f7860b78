/**
 * Runs jobs one to a turn of the event loop: to decode a state of many members takes milliseconds, and a hundred
 * of them at once must not hold up everything else.
 */
export class TurnQueue {
  private readonly jobs: (() => void)[] = [];
  private isScheduled = false;
  private readonly later: (callback: () => void) => void;

  /** @param later runs the callback when the event loop has served the others */
  constructor(later: (callback: () => void) => void) {
    this.later = later;
  }

  add(job: () => void): void {
    this.jobs.push(job);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.jobs.length === 0) return;
    this.isScheduled = true;
    this.later(() => {
      this.isScheduled = false;
      const job = this.jobs.shift();
      this.schedule();
      job?.();
    });
  }
}
