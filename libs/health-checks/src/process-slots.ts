import type { Probe } from './probe.ts';

/** Checks that may have a process running at a time. */
const MAX_PROCESSES = 32;

/** Bounds how many probes run at once, in order of arrival: a thousand script checks must not fork at once. */
export class ProcessSlots {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly limit: number;

  constructor(limit = MAX_PROCESSES) {
    this.limit = limit;
  }

  /** The probe, waiting for its turn. */
  bounded(probe: Probe): Probe {
    return {
      type: probe.type,
      run: async (signal) => {
        await this.acquire();
        try {
          return await probe.run(signal);
        } finally {
          this.release();
        }
      },
    };
  }

  private acquire(): Promise<void> {
    if (this.running < this.limit) {
      this.running++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    // The slot goes to the next in line without becoming free in between.
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}
