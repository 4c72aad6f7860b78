import type { Timer } from '@mesh/base';
import { critical, type Probe } from './probe.ts';
import type { Thresholds, Verdict } from './thresholds.ts';
import type { CheckDeps, CheckResult, RunningCheck } from './types.ts';

export interface IntervalCheckOptions {
  readonly checkId: string;
  readonly probe: Probe;
  readonly intervalMs: number;
  readonly thresholds: Thresholds;
  readonly deps: CheckDeps;
}

/**
 * Runs a probe at an interval, the first time at a random point of it, so that the checks of an agent do
 * not all run at once. A run that is late delays the next: runs never overlap.
 */
export class IntervalCheck implements RunningCheck {
  readonly type: string;
  private timer: Timer | undefined;
  private abort: AbortController | undefined;
  private running = false;
  private readonly options: IntervalCheckOptions;

  constructor(options: IntervalCheckOptions) {
    this.options = options;
    this.type = options.probe.type;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    const { platform } = this.options.deps;
    this.schedule(platform.random.float() * this.options.intervalMs);
  }

  stop(): void {
    this.running = false;
    this.timer?.cancel();
    this.timer = undefined;
    this.abort?.abort();
    this.abort = undefined;
  }

  private schedule(delayMs: number): void {
    this.timer = this.options.deps.platform.timers.after(delayMs, () => this.runOnce());
  }

  private runOnce(): void {
    const abort = new AbortController();
    this.abort = abort;
    this.options.probe
      .run(abort.signal)
      .catch((error) => critical(error instanceof Error ? error.message : String(error)))
      .then((result) => {
        // A run that outlives its check, which may have been started anew since, says nothing.
        if (abort.signal.aborted) return;
        this.schedule(this.options.intervalMs);
        this.take(result);
      });
  }

  private take(result: CheckResult): void {
    const { thresholds, deps } = this.options;
    const verdict = thresholds.judge(result);
    this.log(result, verdict);
    if (verdict.counts) deps.report(result);
  }

  private log({ status }: CheckResult, { counts, inRow, needed }: Verdict): void {
    const { checkId: check, deps } = this.options;
    if (status === 'critical') {
      if (counts) deps.logger.warn('Check is now critical', { check });
      else {
        deps.logger.warn('Check failed but has not reached failure threshold', {
          check,
          status,
          failure_count: inRow,
          failure_threshold: needed,
        });
      }
    } else if (!counts) {
      deps.logger.warn('Check passed but has not reached success threshold', {
        check,
        status,
        success_count: inRow,
        success_threshold: needed,
      });
    } else if (status === 'warning') deps.logger.warn('Check is now warning', { check });
    else deps.logger.debug('Check status updated', { check, status });
  }
}
