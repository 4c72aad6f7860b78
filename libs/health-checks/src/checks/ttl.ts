import type { Timer } from '@mesh/base';
import { cutBytes } from '../probe.ts';
import type { CheckDeps, CheckResult, RunningCheck } from '../types.ts';

/** A check that a client reports on; critical once it has been silent for the TTL. */
export class TtlCheck implements RunningCheck {
  readonly type = 'ttl';
  private timer: Timer | undefined;
  private lastOutput = '';
  private running = false;
  private readonly checkId: string;
  private readonly ttlMs: number;
  private readonly deps: CheckDeps;

  constructor(checkId: string, ttlMs: number, deps: CheckDeps) {
    this.checkId = checkId;
    this.ttlMs = ttlMs;
    this.deps = deps;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.arm();
  }

  stop(): void {
    this.running = false;
    this.timer?.cancel();
    this.timer = undefined;
  }

  setTtl({ status, output }: CheckResult): void {
    if (!this.running) return;
    this.deps.logger.debug('Check status updated', { check: this.checkId, status });
    this.lastOutput = shorten(output, this.deps.outputMaxBytes);
    this.arm();
    this.deps.report({ status, output: this.lastOutput });
  }

  private arm(): void {
    this.timer?.cancel();
    this.timer = this.deps.platform.timers.after(this.ttlMs, () => this.expire());
  }

  private expire(): void {
    this.timer = undefined;
    this.deps.logger.warn('Check missed TTL, is now critical', { check: this.checkId });
    const last =
      this.lastOutput === '' ? '' : ` (last output before timeout follows): ${this.lastOutput}`;
    this.deps.report({ status: 'critical', output: `TTL expired${last}` });
  }
}

/** The beginning of a report: a client says first what matters. Tells when something was cut. */
function shorten(output: string, maxBytes: number): string {
  const totalBytes = Buffer.byteLength(output);
  if (totalBytes <= maxBytes) return output;
  return `${cutBytes(output, maxBytes)} ... (captured ${maxBytes} of ${totalBytes} bytes)`;
}
