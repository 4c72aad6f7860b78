import type { CheckResult } from './types.ts';

/** What a result counts for. */
export interface Verdict {
  /** True where enough results came in a row: the status may change to that of the last. */
  readonly counts: boolean;
  /** Results of the kind in a row, this one included. */
  readonly inRow: number;
  /** How many are needed. */
  readonly needed: number;
}

/**
 * Success_before_passing and failures_before_critical: so many results in a row change the status, fewer
 * leave it as it was.
 */
export class Thresholds {
  private successes = 0;
  private failures = 0;
  private readonly needsSuccesses: number;
  private readonly needsFailures: number;

  /** Results in a row that are needed; 0 and 1 both mean that the first one counts. */
  constructor(successBeforePassing: number, failuresBeforeCritical: number) {
    this.needsSuccesses = successBeforePassing;
    this.needsFailures = failuresBeforeCritical;
  }

  /** Takes the next result into the count. */
  judge({ status }: CheckResult): Verdict {
    if (status === 'critical') {
      this.failures++;
      this.successes = 0;
      return verdict(this.failures, this.needsFailures);
    }
    // A warning is a success as far as counting goes, as in the original.
    this.successes++;
    this.failures = 0;
    return verdict(this.successes, this.needsSuccesses);
  }
}

function verdict(inRow: number, needed: number): Verdict {
  return { counts: inRow >= needed, inRow, needed };
}
