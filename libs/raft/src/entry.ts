/** An entry of the replicated log (Raft paper, section 5.3). */
export interface LogEntry {
  readonly index: number;
  readonly term: number;
  readonly kind: 'command' | 'noop' | 'configuration';
  readonly data: Uint8Array;
}

/** Where in the log something is: an entry's index and the term it was written in. */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

/** What must survive a crash besides the log (Raft paper, figure 2: persistent state). */
export interface HardState {
  readonly term: number;
  /** Server id voted for in `term`; "" for none. */
  readonly votedFor: string;
  /**
   * Highest index known to be committed when this was written: a hint, so that a restart applies
   * at once what was committed. Never ahead of the truth.
   */
  readonly commitIndex: number;
}
