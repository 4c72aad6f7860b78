/** At most so many per second on average, as many at once (token bucket). 0 is no limit. */
export class RateLimit {
  private tokens = 0;
  private filledMs: number | undefined;

  /** Whether one more may pass now. */
  take(perSecond: number, nowMs: number): boolean {
    if (perSecond <= 0) return true;
    const burst = Math.max(1, perSecond);
    const gained =
      this.filledMs === undefined ? burst : ((nowMs - this.filledMs) * perSecond) / 1000;
    this.tokens = Math.min(burst, this.tokens + Math.max(0, gained));
    this.filledMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
