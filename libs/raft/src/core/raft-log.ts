import { assert } from '@mesh/base';
import type { LogEntry, LogPosition } from '../entry.ts';
import type { LogStore, StoredLog } from '../log-store.ts';

/** Recent entries kept in memory, for replication and applying; older ones are read from the store. */
const CACHE_ENTRIES = 4096;
const CACHE_BYTES = 16 * 1024 * 1024;

/** The part of a store change that concerns entries. */
export interface LogChange {
  readonly truncateFrom?: number;
  readonly base?: LogPosition;
  readonly entries: readonly LogEntry[];
  /** Last index that is stable once the change is stored. */
  lastIndex: number;
}

/**
 * The log as consensus sees it: what is stored, what waits to be stored, and which of it is stable.
 * Entries are read from memory where they are recent, else from the store.
 */
export class RaftLog {
  private basePosition: LogPosition;
  private cache: LogEntry[] = [];
  private cacheFrom: number;
  private cacheBytes = 0;
  private last: LogPosition;
  private stable: number;
  private truncateFrom: number | undefined;
  private newBase: LogPosition | undefined;
  private inFlight: LogChange | undefined;
  private readonly store: Pick<LogStore, 'read'>;

  constructor(store: Pick<LogStore, 'read'>, stored: StoredLog) {
    this.store = store;
    this.basePosition = stored.base;
    this.stable = stored.lastIndex;
    this.cacheFrom = stored.lastIndex + 1;
    this.last = stored.base;
    if (stored.lastIndex > stored.base.index) {
      const { index, term } = store.read(stored.lastIndex, stored.lastIndex, 0)[0]!;
      this.last = { index, term };
    }
  }

  /** Just before the first entry. */
  get base(): LogPosition {
    return this.basePosition;
  }

  get lastIndex(): number {
    return this.last.index;
  }

  get lastTerm(): number {
    return this.last.term;
  }

  /** Highest index on stable storage. */
  get stableIndex(): number {
    return this.stable;
  }

  /** Whether anything waits to be stored that is not under way. */
  get isDirty(): boolean {
    if (this.truncateFrom !== undefined || this.newBase !== undefined) return true;
    return this.last.index > (this.inFlight?.lastIndex ?? this.stable);
  }

  /** Term of the entry at an index, the base included; undefined outside the log. */
  term(index: number): number | undefined {
    if (index === this.last.index) return this.last.term;
    if (index === this.basePosition.index) return this.basePosition.term;
    if (index < this.basePosition.index || index > this.last.index) return undefined;
    if (index >= this.cacheFrom) return this.cache[index - this.cacheFrom]!.term;
    return this.store.read(index, index, 0)[0]!.term;
  }

  /** Whether this log holds the entry of that index and term (Raft paper 5.3: the consistency check). */
  matches({ index, term }: LogPosition): boolean {
    return this.term(index) === term;
  }

  /** Whether a log that ends there is at least as up-to-date as this one (Raft paper 5.4.1). */
  isUpToDate({ index, term }: LogPosition): boolean {
    return term > this.last.term || (term === this.last.term && index >= this.last.index);
  }

  /** Last index not beyond `index` whose term is at most `term`; the base where there is none. */
  lastIndexOfTerm(index: number, term: number): number {
    // Terms never fall along a log, so halving finds the place.
    let low = this.basePosition.index;
    let high = Math.max(low, Math.min(index, this.last.index));
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.term(middle)! <= term) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Entries from `from` up to and including `to`; stops beyond `maxBytes`, yet answers one. */
  slice(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    assert(from > this.basePosition.index && to <= this.last.index, 'a slice is within the log');
    if (from > to) return [];
    if (from < this.cacheFrom) {
      return this.store.read(from, Math.min(to, this.cacheFrom - 1), maxBytes);
    }
    let at = from - this.cacheFrom;
    const end = to - this.cacheFrom;
    let bytes = this.cache[at]!.data.length;
    while (at < end && bytes + this.cache[at + 1]!.data.length <= maxBytes) {
      bytes += this.cache[++at]!.data.length;
    }
    return this.cache.slice(from - this.cacheFrom, at + 1);
  }

  /** Appends an entry that follows the last one. */
  append(entry: LogEntry): void {
    assert(entry.index === this.last.index + 1, 'an appended entry follows the last one');
    assert(entry.term >= this.last.term, 'terms of a log never fall');
    this.cache.push(entry);
    this.cacheBytes += entry.data.length;
    this.last = { index: entry.index, term: entry.term };
  }

  /** Drops the entries from an index on, which a leader of a newer term contradicts. */
  truncate(from: number): void {
    assert(from > this.basePosition.index, 'what a snapshot holds is never truncated');
    if (from > this.last.index) return;
    const term = this.term(from - 1)!;
    if (from <= Math.max(this.stable, this.inFlight?.entries.at(-1)?.index ?? 0)) {
      this.truncateFrom = Math.min(from, this.truncateFrom ?? from);
    }
    this.dropCache(from);
    this.stable = Math.min(this.stable, from - 1);
    if (this.inFlight) this.inFlight.lastIndex = Math.min(this.inFlight.lastIndex, from - 1);
    this.last = { index: from - 1, term };
  }

  /** Drops all that is not stable; returns the first index dropped. */
  dropUnstable(): number {
    assert(!this.inFlight, 'nothing is under way');
    const from = this.stable + 1;
    if (from <= this.last.index) {
      const term = this.term(from - 1)!;
      this.dropCache(from);
      this.last = { index: from - 1, term };
    }
    return from;
  }

  /** Forgets entries that a snapshot holds, up to and including `index`; they must be stable. */
  compact(index: number): void {
    if (index <= this.basePosition.index) return;
    assert(index <= this.stable, 'only stable entries are compacted');
    const position = { index, term: this.term(index)! };
    this.setBase(position);
    if (index >= this.cacheFrom) this.dropCacheHead(index + 1 - this.cacheFrom);
  }

  /** Starts anew behind an installed snapshot, unless the log agrees with it and goes on (paper 7). */
  reset({ index, term }: LogPosition): void {
    const position = { index, term };
    if (position.index <= this.basePosition.index) return;
    if (this.matches(position)) {
      this.setBase(position);
      if (position.index >= this.cacheFrom) {
        this.dropCacheHead(position.index + 1 - this.cacheFrom);
      }
      this.stable = Math.max(this.stable, position.index);
      return;
    }
    if (this.last.index > this.basePosition.index) this.truncate(this.basePosition.index + 1);
    this.setBase(position);
    this.cache = [];
    this.cacheBytes = 0;
    this.cacheFrom = position.index + 1;
    this.last = position;
    this.stable = position.index;
  }

  /** What has to be stored, as one change; nothing may be under way. */
  takeChange(): LogChange {
    assert(!this.inFlight, 'one write at a time');
    const change: LogChange = {
      ...(this.truncateFrom !== undefined && { truncateFrom: this.truncateFrom }),
      ...(this.newBase && { base: this.newBase }),
      entries:
        this.stable < this.last.index
          ? this.cache.slice(Math.max(0, this.stable + 1 - this.cacheFrom))
          : [],
      lastIndex: this.last.index,
    };
    this.truncateFrom = undefined;
    this.newBase = undefined;
    this.inFlight = change;
    return change;
  }

  /** The change under way is on stable storage. */
  stored(): void {
    assert(this.inFlight, 'a write was under way');
    const { lastIndex } = this.inFlight;
    this.inFlight = undefined;
    // A snapshot installed meanwhile may have moved the log beyond it.
    this.stable = Math.max(this.stable, Math.min(lastIndex, this.last.index));
    this.trimCache();
  }

  /** The change under way was refused by the storage: all of it still has to be stored. */
  refused(): void {
    assert(this.inFlight, 'a write was under way');
    const { truncateFrom, base } = this.inFlight;
    this.inFlight = undefined;
    if (truncateFrom !== undefined) {
      this.truncateFrom = Math.min(truncateFrom, this.truncateFrom ?? truncateFrom);
    }
    this.newBase ??= base;
  }

  private setBase(position: LogPosition): void {
    this.basePosition = position;
    this.newBase = position;
  }

  private dropCache(from: number): void {
    if (from <= this.cacheFrom) {
      this.cache = [];
      this.cacheBytes = 0;
      this.cacheFrom = from;
      return;
    }
    for (const { data } of this.cache.splice(from - this.cacheFrom)) {
      this.cacheBytes -= data.length;
    }
  }

  private dropCacheHead(count: number): void {
    for (const { data } of this.cache.splice(0, count)) this.cacheBytes -= data.length;
    this.cacheFrom += count;
  }

  private trimCache(): void {
    if (this.cache.length < 2 * CACHE_ENTRIES && this.cacheBytes < CACHE_BYTES) return;
    const stableCount = Math.max(0, this.stable + 1 - this.cacheFrom);
    const surplus = Math.max(this.cache.length - CACHE_ENTRIES, 0);
    const tooLarge = this.cacheBytes >= CACHE_BYTES ? stableCount >> 1 : 0;
    this.dropCacheHead(Math.min(stableCount, Math.max(surplus, tooLarge)));
  }
}

/** What shells may look at. */
export type LogView = Pick<
  RaftLog,
  'base' | 'lastIndex' | 'lastTerm' | 'stableIndex' | 'slice' | 'term'
>;
