/**
 * How much a member trusts itself (Lifeguard: local health awareness). 0 is healthy; each failed probe of its own
 * and each refutation it must make raises the score, each successful probe lowers it.
 */
export class Awareness {
  private readonly max: number;
  private current = 0;

  /** `maxMultiplier` bounds the factor by which intervals are stretched. */
  constructor(maxMultiplier: number) {
    this.max = maxMultiplier - 1;
  }

  get score(): number {
    return this.current;
  }

  apply(delta: number): void {
    this.current = Math.min(this.max, Math.max(0, this.current + delta));
  }

  /** A time stretched by the score. */
  scaled(ms: number): number {
    return ms * (this.current + 1);
  }
}
