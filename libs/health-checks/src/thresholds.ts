import type { CheckResult } from './types.ts';

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

  /** The result where it may change the status, undefined where it is to be passed over. */
  admit(result: CheckResult): CheckResult | undefined {
    if (result.status === 'critical') {
      this.failures++;
      this.successes = 0;
      return this.failures >= this.needsFailures ? result : undefined;
    }
    // A warning is a success as far as counting goes, as in the original.
    this.successes++;
    this.failures = 0;
    return this.successes >= this.needsSuccesses ? result : undefined;
  }
}
