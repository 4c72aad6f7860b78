import type { HardState, LogEntry, LogPosition } from './entry.ts';

/**
 * One atomic change of the durable log. Parts take effect in the order of the fields; absent ones
 * change nothing.
 */
export interface LogWrite {
  readonly hardState?: HardState;
  /** Entries from this index on go. */
  readonly truncateFrom?: number;
  /**
   * Entries up to and including this position go, as a snapshot holds them; the position itself
   * is kept as the log's new base. Beyond the last entry: the log becomes empty there.
   */
  readonly base?: LogPosition;
  /** Consecutive entries; the first follows the last one that remains. */
  readonly entries: readonly LogEntry[];
}

/** What a store found when it was opened. */
export interface StoredLog {
  readonly hardState: HardState;
  /** Just before the first entry; index and term 0 for a log that was never compacted. */
  readonly base: LogPosition;
  /** Index of the last entry; base.index when there is none. */
  readonly lastIndex: number;
}

/**
 * Durable log of one server. One write at a time. A store owns what is passed to it until the write
 * is over.
 */
export interface LogStore {
  /** Opens and verifies. Rejects with MeshError `unavailable` that names a damaged file and what to do. */
  open(): Promise<StoredLog>;
  /**
   * Resolves when all of it is on stable storage (in memory, where the store is so). Rejects when
   * nothing of it is, with MeshError `unavailable` saying why (no space, I/O error); later writes
   * may succeed.
   */
  write(write: LogWrite): Promise<void>;
  /**
   * Stored entries from `from` up to and including `to`, in order; stops early once `maxBytes` of
   * data is exceeded, yet answers at least one. Synchronous: a bounded read of what is in the page
   * cache. Throws MeshError `unavailable` for a damaged entry.
   */
  read(from: number, to: number, maxBytes: number): readonly LogEntry[];
  /** Waits for the write under way. Idempotent. */
  close(): Promise<void>;
}
