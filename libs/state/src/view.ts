import type { DumpRecord } from './dump.ts';
import type { Table } from './schema.ts';

/**
 * A consistent picture of all tables as of one log index. Immutable: later writes never show. Rows
 * are shared and must not be changed.
 */
export interface StateView {
  /** Index of the last log entry applied. */
  readonly index: number;
  get<R extends object>(table: Table<R>, id: string): R | undefined;
  /** Rows whose secondary key equals `key`, in order of their ids. */
  getBy<R extends object>(table: Table<R>, indexName: string, key: string): readonly R[];
  /** Rows whose id starts with `prefix`, in order; '' is the whole table. */
  prefix<R extends object>(table: Table<R>, prefix: string): Iterable<R>;
  /** Rows whose secondary key starts with `prefix`, in order of key, then id. */
  prefixBy<R extends object>(table: Table<R>, indexName: string, prefix: string): Iterable<R>;
  /** Distinct secondary keys that have at least one row, in order. */
  keysOf<R extends object>(table: Table<R>, indexName: string, prefix?: string): Iterable<string>;
  /** Number of rows, without walking them. */
  count<R extends object>(table: Table<R>): number;
}

/**
 * A view that writes: sees its own changes, publishes nothing until committed, leaves no trace if
 * dropped.
 */
export interface WriteTxn extends StateView {
  put<R extends object>(table: Table<R>, row: R): void;
  /** Deletes by id; true when a row was there. Leaves a tombstone with the index of this entry. */
  delete<R extends object>(table: Table<R>, id: string): boolean;
  /** Deletes every row whose id starts with `prefix`; returns how many. */
  deletePrefix<R extends object>(table: Table<R>, prefix: string): number;
}

/**
 * The entities that a query has read: exact keys, prefixes, tables. Recorded by a tracking view
 * while the query runs, so that a query never lists its dependencies by hand.
 */
export interface Dependencies {
  /**
   * Highest index at which any of them changed, deletions included; at least 1. Never goes
   * backward for the same query.
   */
  readonly index: number;
  /** How many entities. */
  readonly size: number;
}

/** A registered interest. Fires at most once. */
export interface Watch {
  readonly fired: boolean;
  cancel(): void;
}

export interface TrackingView extends StateView {
  /** What has been read so far. */
  dependencies(): Dependencies;
}

export interface StateStore {
  /** Current picture, O(1). */
  view(): StateView;
  /** Current picture that records what is read from it. */
  trackingView(): TrackingView;
  /**
   * Calls back once, synchronously after the commit that changes any of the dependencies; at once
   * (before returning) when one has changed since they were recorded.
   */
  watch(dependencies: Dependencies, onChange: () => void): Watch;
  /**
   * Whether any of the dependencies has changed since they were recorded; cheaper than a watch for
   * who only wants to know.
   */
  changed(dependencies: Dependencies): boolean;
  /**
   * Starts the one writer; asserts that none is open. `index` is the log index of the entry being
   * applied; it must exceed view().index.
   */
  write(index: number): CommittableTxn;
  /** Drops tombstones up to and including `index`. Part of a log entry like any other change. */
  reapTombstones(txn: WriteTxn, index: number): void;
  /** Number of watches registered, for metrics. */
  readonly watchCount: number;
  /**
   * The records of a snapshot, for restore(): all rows, tombstones and change indexes of a view of
   * this store. Lazy, bounded work per record; writes may go on meanwhile.
   */
  dump(view: StateView, options?: DumpOptions): Iterable<DumpRecord>;
  /**
   * Starts to replace everything by the records of a dump. The store keeps its state until
   * finish().
   */
  restore(options?: RestoreOptions): Restore;
}

export interface DumpOptions {
  /** Tables that are left out, as if they were not part of the store. @default none */
  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed rows
  readonly without?: readonly Table<any>[];
}

export interface RestoreOptions extends DumpOptions {
  /** Builds nothing and cannot be finished: for who wants to know whether it could be. */
  readonly checkOnly?: boolean;
}

/**
 * A restore under way: takes the records of a dump one by one, so that the caller sets the pace.
 */
export interface Restore {
  /** As of which log index the dump was made; undefined before its header. */
  readonly index: number | undefined;
  /** Throws MeshError invalid-argument for what no dump of these tables would hold. */
  add(record: DumpRecord): void;
  /** Throws MeshError invalid-argument when records are missing. */
  requireComplete(): void;
  /**
   * Publishes, then fires every watch. Throws MeshError when records are missing; nothing changes
   * then.
   */
  finish(options?: FinishOptions): void;
}

export interface FinishOptions {
  /**
   * Log index of the entry that puts the dump in the place of all that was there: later than either.
   * No read has a lower index from then on, whatever the index of the dump was.
   * @default that of the dump, which then goes on where it ended
   */
  readonly index?: number;
}

export interface CommittableTxn extends WriteTxn {
  /** Publishes all changes as one step, then fires watches. */
  commit(): void;
  /** Drops all changes; the store is as before. */
  abort(): void;
}
