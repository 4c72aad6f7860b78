import type { WriteTxn } from '@mesh/state';

/** What a command may know besides its payload. Same on every server: time is the leader's, from the log entry. */
export interface ApplyContext {
  /** Index of the log entry being applied. */
  readonly index: number;
  /** Leader's wall clock when the entry was proposed, milliseconds since the epoch. */
  readonly proposedAtMs: number;
}

/**
 * A kind of log entry. `apply` is deterministic: no clock, no randomness, no I/O. It may refuse by
 * throwing MeshError; then nothing of the entry stays. Payload and result must survive msgpack.
 */
export interface Command<P = unknown, R = unknown> {
  /** Stable name in the log, `kv.set`. */
  readonly type: string;
  apply(txn: WriteTxn, payload: P, context: ApplyContext): R;
}

export function defineCommand<P, R>(
  type: string,
  apply: (txn: WriteTxn, payload: P, context: ApplyContext) => R,
): Command<P, R> {
  return { type, apply };
}

/** Thrown by a command to undo all it did and still answer: nothing of the entry stays, the proposer gets `result`. */
export class Rollback<R = unknown> extends Error {
  readonly result: R;

  constructor(result: R) {
    super('rolled back');
    this.name = 'Rollback';
    this.result = result;
  }
}
