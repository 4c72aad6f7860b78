import { critical, type Probe } from './probe.ts';

/** Checks that may have a process running at a time. */
const MAX_PROCESSES = 32;

/** Bounds how many probes run at once, in order of arrival: a thousand script checks must not fork at once. */
export class ProcessSlots {
  private running = 0;
  /** In order of arrival; a check that is stopped leaves the line. */
  private readonly waiting = new Set<() => void>();
  private readonly limit: number;

  constructor(limit = MAX_PROCESSES) {
    this.limit = limit;
  }

  /** The probe, waiting for its turn. Its own time starts when that has come. */
  bounded(probe: Probe): Probe {
    return {
      type: probe.type,
      run: async (signal) => {
        // Stopped while it stood in line: nothing may be started any more.
        if (!(await this.acquire(signal))) return critical('the check was stopped');
        try {
          return await probe.run(signal);
        } finally {
          this.release();
        }
      },
    };
  }

  /** Resolves to true with a slot, to false when `signal` aborts before there is one. */
  private acquire(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    if (this.running < this.limit) {
      this.running++;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const leave = () => {
        this.waiting.delete(take);
        resolve(false);
      };
      const take = () => {
        this.waiting.delete(take);
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      this.waiting.add(take);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  private release(): void {
    // The slot goes to the next in line without becoming free in between.
    const [next] = this.waiting;
    if (next) next();
    else this.running--;
  }
}
