import { MAX_BUFFERED_BYTES, MAX_PUSH_PULLS } from './limits.ts';

/** What all streams of others together may take. */
export class StreamBudget {
  private bufferedBytes = 0;
  private pushPulls = 0;

  /** Counts bytes of a request that is not complete; they are counted, to be released, even where it is false. */
  buffer(bytes: number): boolean {
    this.bufferedBytes += bytes;
    return this.bufferedBytes <= MAX_BUFFERED_BYTES;
  }

  release(bytes: number): void {
    this.bufferedBytes -= bytes;
  }

  /** False where there are too many; then it is not to leave. */
  enterPushPull(): boolean {
    if (this.pushPulls >= MAX_PUSH_PULLS) return false;
    this.pushPulls++;
    return true;
  }

  leavePushPull(): void {
    this.pushPulls--;
  }
}
