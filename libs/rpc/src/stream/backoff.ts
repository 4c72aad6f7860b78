/** A connection that was open for this long counts as a success, milliseconds. */
export const LASTING_MS = 1000;

/** Delays between attempts to connect: doubling from the first to the longest. */
export class Backoff {
  private readonly firstMs: number;
  private readonly longestMs: number;
  private delayMs: number;
  private notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(firstMs: number, longestMs: number) {
    this.firstMs = firstMs;
    this.longestMs = longestMs;
    this.delayMs = firstMs;
  }

  /** Whether an attempt may be made now. */
  ready(nowMs: number): boolean {
    return nowMs >= this.notBeforeMs;
  }

  /** An attempt failed, or a connection did not last. */
  failed(nowMs: number): void {
    this.notBeforeMs = nowMs + this.delayMs;
    this.delayMs = Math.min(this.delayMs * 2, this.longestMs);
  }

  /** The other end shows signs of life: the next attempt may be made at once. */
  reset(): void {
    this.delayMs = this.firstMs;
    this.notBeforeMs = Number.NEGATIVE_INFINITY;
  }
}
