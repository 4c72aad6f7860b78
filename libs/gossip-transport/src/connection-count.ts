import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS } from './limits.ts';

/** Counts connections, and refuses those that are too many from one address or altogether. */
export class ConnectionCount {
  private readonly counts = new Map<string, number>();
  private total = 0;

  /** Counts one more; false where it is too many and not counted. */
  enter(host: string): boolean {
    const count = this.counts.get(host) ?? 0;
    if (this.total >= MAX_CONNECTIONS || count >= MAX_CONNECTIONS_PER_ADDRESS) return false;
    this.counts.set(host, count + 1);
    this.total++;
    return true;
  }

  /** To be called once for each that entered. */
  leave(host: string): void {
    const count = this.counts.get(host) ?? 0;
    if (count <= 1) this.counts.delete(host);
    else this.counts.set(host, count - 1);
    this.total--;
  }
}
