import type { Clock, Logger } from '@mesh/base';

/** Between two lines about one reason, milliseconds. */
const QUIET_MS = 10_000;
/** Reasons told apart; what a peer wrote may be among them. */
const MAX_REASONS = 64;

/** Tells what is dropped, once for each reason in a while: whoever floods us must not fill the log as well. */
export class DropLog {
  private readonly logger: Logger;
  private readonly clock: Clock;
  private readonly reasons = new Map<string, { nextMs: number; count: number }>();

  constructor(logger: Logger, clock: Clock) {
    this.logger = logger;
    this.clock = clock;
  }

  /** @param reason a constant phrase */
  dropped(reason: string, from: string, error?: unknown): void {
    const nowMs = this.clock.monotonicMs();
    if (this.reasons.size >= MAX_REASONS) this.reasons.clear();
    const known = this.reasons.get(reason) ?? { nextMs: nowMs, count: 0 };
    this.reasons.set(reason, known);
    known.count++;
    if (nowMs < known.nextMs) return;
    const fields = { from, count: known.count };
    const text = error instanceof Error ? { ...fields, error: error.message } : fields;
    this.logger.warn(reason, text);
    known.nextMs = nowMs + QUIET_MS;
    known.count = 0;
  }
}
