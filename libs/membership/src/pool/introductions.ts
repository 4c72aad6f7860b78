/** Addresses tried within one pause at most. */
const MAX_TRIES = 64;
/** Until an address is tried again, milliseconds. */
const PAUSE_MS = 2000;

/**
 * Addresses that others told of. Each is tried once in a while and few at a time, so that a list of
 * members that somebody made up costs little.
 */
export class Introductions {
  private readonly tries = new Map<string, number>();

  /** True when the address may be tried now; that it is, is noted. */
  take(address: string, nowMs: number): boolean {
    for (const [tried, atMs] of this.tries) {
      if (nowMs - atMs >= PAUSE_MS) this.tries.delete(tried);
    }
    if (this.tries.has(address) || this.tries.size >= MAX_TRIES) return false;
    this.tries.set(address, nowMs);
    return true;
  }
}
