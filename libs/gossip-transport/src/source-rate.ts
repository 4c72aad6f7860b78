import { MAX_DATAGRAMS, MAX_SOURCE_DATAGRAMS } from './limits.ts';

const SECOND_MS = 1000;
/** Addresses counted apart in a second; further ones share one count. */
const MAX_SOURCES = 16_384;
const OTHERS = '';

/**
 * How many datagrams are worth looking at: so many a second from one address, so that it alone cannot take
 * what the others need, and so many of all.
 */
export class SourceRate {
  private readonly counts = new Map<string, number>();
  private total = 0;
  private sinceMs = Number.NEGATIVE_INFINITY;

  /** Counts one; false when it is over. */
  admit(host: string, nowMs: number): boolean {
    if (nowMs - this.sinceMs >= SECOND_MS) {
      this.counts.clear();
      this.total = 0;
      this.sinceMs = nowMs;
    }
    if (this.total >= MAX_DATAGRAMS) return false;
    const known = this.counts.has(host) || this.counts.size < MAX_SOURCES;
    const source = known ? host : OTHERS;
    const count = this.counts.get(source) ?? 0;
    if (count >= MAX_SOURCE_DATAGRAMS) return false;
    this.counts.set(source, count + 1);
    this.total++;
    return true;
  }
}
