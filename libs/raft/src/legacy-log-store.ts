import type { LogEntry } from './entry.ts';

/** What must survive a crash besides the log (Raft paper, figure 2: persistent state). */
export interface LegacyHardState {
  readonly term: number;
  /** Server id voted for in `term`; "" for none. */
  readonly votedFor: string;
}

/**
 * Durable log of one server. `append` and `saveHardState` resolve only when the data is on stable storage
 * (or in memory, where the store was opened so). A store owns the arrays passed to it until it resolves.
 */
export interface LegacyLogStore {
  readonly firstIndex: number;
  readonly lastIndex: number;
  hardState(): LegacyHardState;
  saveHardState(state: LegacyHardState): Promise<void>;
  /** Appends consecutive entries as one atomic batch; the first must be lastIndex + 1. */
  append(entries: readonly LogEntry[]): Promise<void>;
  /** Entries from `from` up to and including `to`. */
  read(from: number, to: number): readonly LogEntry[];
  /** Drops entries up to and including `index`, after a snapshot holds them. */
  compact(index: number): Promise<void>;
  close(): Promise<void>;
}
