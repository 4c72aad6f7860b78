import type { KeptAnswer } from './kept-answer.ts';
import { QueryHasher } from './query-key.ts';

/** Entries that a query can be in: with four, one that is used often stays whatever else comes. */
const WAYS = 4;

export interface AnswerCacheLimits {
  /** Sets of four entries; a power of two. */
  readonly sets: number;
  readonly maxBytes: number;
}

/** Hashes remembered of queries that were new. A power of two. */
const REMEMBERED = 8192;

/** @default 4,096 answers, 32 MiB */
export const DEFAULT_CACHE_LIMITS: AnswerCacheLimits = { sets: 1024, maxBytes: 32 * 1024 * 1024 };

interface Slot {
  readonly answer: KeptAnswer;
  readonly unsubscribe: () => void;
}

/**
 * Ready answers by the bytes of the query: a set-associative cache, so that a look-up is a hash over the query
 * and at most four comparisons, and its size is fixed. An answer is kept when its query comes a second time: a
 * flood of names made up takes no room, and sets no watches. It leaves when what it was read from changes, or
 * as the longest unused of its set.
 */
export class AnswerCache {
  private readonly slots: (Slot | undefined)[];
  /** Queries lately met, by hash. */
  private readonly met = new Uint32Array(REMEMBERED);
  private readonly hasher: QueryHasher;
  private readonly limits: AnswerCacheLimits;
  private bytes = 0;
  private count = 0;
  private clock = 0;
  /** Where the search for a victim goes on when there are too many bytes. */
  private hand = 0;

  constructor(foldCase: boolean, limits: AnswerCacheLimits = DEFAULT_CACHE_LIMITS) {
    this.limits = limits;
    this.hasher = new QueryHasher(foldCase);
    this.slots = new Array<Slot | undefined>(limits.sets * WAYS).fill(undefined);
  }

  get size(): number {
    return this.count;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** The answer to a query, if it is known and still right. */
  get(message: Uint8Array): KeptAnswer | undefined {
    const hash = this.hasher.hash(message);
    if (hash < 0) return undefined;
    const first = this.firstSlot(hash);
    for (let at = first; at < first + WAYS; at++) {
      const slot = this.slots[at];
      if (!slot || slot.answer.key.hash !== hash) continue;
      if (!this.hasher.matches(slot.answer.key, message)) continue;
      if (!slot.answer.isFresh()) {
        this.drop(at);
        return undefined;
      }
      slot.answer.usedAt = ++this.clock;
      return slot.answer;
    }
    return undefined;
  }

  /** Keeps the answer that `build` makes of the query's key, and gives it; undefined when it is not to be kept. */
  put(message: Uint8Array, build: (key: KeptAnswer['key']) => KeptAnswer): KeptAnswer | undefined {
    const hash = this.hasher.hash(message);
    if (hash < 0 || !this.isMet(hash)) return undefined;
    const answer = build(this.hasher.key(message, hash));
    if (answer.bytes > this.limits.maxBytes / 8 || !answer.isFresh()) return answer;
    const at = this.slotFor(hash, message);
    this.drop(at);
    answer.usedAt = ++this.clock;
    this.bytes += answer.bytes;
    this.count++;
    // Called back at once if the answer has just become stale: the slot must be there by then.
    let isStale = false;
    let unsubscribe = () => {};
    this.slots[at] = { answer, unsubscribe: () => unsubscribe() };
    unsubscribe = answer.onStale(() => {
      isStale = true;
      if (this.slots[at]?.answer === answer) this.drop(at);
    });
    if (isStale) unsubscribe();
    while (this.bytes > this.limits.maxBytes) this.evictNext(at);
    return answer;
  }

  clear(): void {
    for (let at = 0; at < this.slots.length; at++) this.drop(at);
  }

  /** Whether the query came before, as far as is remembered. From now on it did. */
  private isMet(hash: number): boolean {
    const at = hash % REMEMBERED;
    if (this.met[at] === hash) return true;
    this.met[at] = hash;
    return false;
  }

  private firstSlot(hash: number): number {
    return (hash & (this.limits.sets - 1)) * WAYS;
  }

  /** The slot of the same query, or an empty one of the set, or that of its longest unused entry. */
  private slotFor(hash: number, message: Uint8Array): number {
    const first = this.firstSlot(hash);
    let best = first;
    for (let at = first; at < first + WAYS; at++) {
      const slot = this.slots[at];
      if (slot?.answer.key.hash === hash && this.hasher.matches(slot.answer.key, message))
        return at;
      const bestSlot = this.slots[best];
      if (bestSlot && (!slot || slot.answer.usedAt < bestSlot.answer.usedAt)) best = at;
    }
    return best;
  }

  private evictNext(except: number): void {
    this.hand = (this.hand + 1) % this.slots.length;
    if (this.hand !== except) this.drop(this.hand);
  }

  private drop(at: number): void {
    const slot = this.slots[at];
    if (!slot) return;
    this.slots[at] = undefined;
    this.bytes -= slot.answer.bytes;
    this.count--;
    slot.unsubscribe();
  }
}
