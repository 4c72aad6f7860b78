import type { LogEntry } from './entry.ts';

/** What the replicated log drives. Deterministic in what it is given. */
export interface StateMachine {
  /**
   * Applies committed entries in order, each exactly once; of kinds other than `command` it only
   * notes the index. Returns one outcome an entry; an outcome that is an Error refuses the
   * proposal without stopping the log.
   */
  apply(entries: readonly LogEntry[]): readonly unknown[];
  /**
   * The state as of now, captured at once; it is encoded chunk by chunk as the iteration goes on,
   * each in bounded time, while entries are applied.
   */
  capture(): Iterable<Uint8Array>;
  /**
   * Replaces the state by a captured one. Reads see the old state until it resolves. Rejects and
   * changes nothing when the bytes are no snapshot of this state machine.
   */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<void>;
}
