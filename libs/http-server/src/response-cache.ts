import type { Freshness } from '@mesh/resource';
import type { RenderedReply } from './rendered-reply.ts';

export interface ResponseCacheLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** @default 20,000 answers, 64 MiB of bodies and headers */
export const DEFAULT_CACHE_LIMITS: ResponseCacheLimits = {
  maxEntries: 20_000,
  maxBytes: 64 * 1024 * 1024,
};

/** Headers and bookkeeping of an entry, roughly. */
const ENTRY_OVERHEAD_BYTES = 1024;

/** One answer and the promise that it still is the answer. */
export interface CachedReply {
  readonly rendered: RenderedReply;
  /** X-Consul-Index. */
  readonly index: number;
  readonly freshness: Freshness;
  /** Name for the request's metric. */
  readonly metric: string;
}

interface Entry extends CachedReply {
  readonly key: string;
  readonly bytes: number;
  /** Asked for since the eviction hand last came by. */
  used: boolean;
  unsubscribe: () => void;
}

/**
 * Encoded answers of reads by what was asked. An entry lives until the state that it was read from changes;
 * there is no time limit and no invalidation by hand. Bounded by number and bytes; eviction gives entries
 * that were used a second chance (the clock algorithm).
 */
export class ResponseCache {
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private readonly limits: ResponseCacheLimits;

  constructor(limits: ResponseCacheLimits = DEFAULT_CACHE_LIMITS) {
    this.limits = limits;
  }

  get size(): number {
    return this.entries.size;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** The answer, if it still holds. */
  get(key: string): CachedReply | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (!entry.freshness.isFresh()) {
      this.remove(entry);
      return undefined;
    }
    entry.used = true;
    return entry;
  }

  put(key: string, reply: CachedReply): void {
    const bytes = reply.rendered.bodyBytes + key.length + ENTRY_OVERHEAD_BYTES;
    if (bytes > this.limits.maxBytes / 8 || !reply.freshness.isFresh()) return;
    const known = this.entries.get(key);
    if (known) this.remove(known);
    const entry: Entry = { ...reply, key, bytes, used: false, unsubscribe: () => {} };
    this.entries.set(key, entry);
    this.bytes += bytes;
    entry.unsubscribe = reply.freshness.onStale(() => this.remove(entry));
    this.evict();
  }

  clear(): void {
    for (const entry of [...this.entries.values()]) this.remove(entry);
  }

  private remove(entry: Entry): void {
    if (this.entries.get(entry.key) !== entry) return;
    this.entries.delete(entry.key);
    this.bytes -= entry.bytes;
    entry.unsubscribe();
  }

  private evict(): void {
    while (this.entries.size > this.limits.maxEntries || this.bytes > this.limits.maxBytes) {
      const oldest = this.entries.values().next().value;
      if (!oldest) return;
      if (oldest.used) {
        oldest.used = false;
        this.entries.delete(oldest.key);
        this.entries.set(oldest.key, oldest);
      } else {
        this.remove(oldest);
      }
    }
  }
}
