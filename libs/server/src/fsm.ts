import { assert, type Logger, MeshError } from '@mesh/base';
import type { LogEntry, StateMachine } from '@mesh/raft';
import { type Command, type Resource, Rollback } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import { decodeEntry } from './entry-codec.ts';
import { encodeState } from './snapshot/state-codec.ts';
import { loadState } from './snapshot/state-loader.ts';
import { StateReplacement } from './snapshot/state-replacement.ts';

/** How the state came to be another. */
export type RestoreCause =
  /** A log entry: the servers of the cluster do it at the same index, whoever leads goes on. */
  | 'user-snapshot'
  /** A snapshot of the log: at the start, or of the leader because this server is far behind. */
  | 'raft-snapshot';

/** Runs a callback after other input had its turn (setImmediate). */
export type Defer = (callback: () => void) => void;

/** A restore waits for what its listeners return. */
export type RestoreListener = (cause: RestoreCause) => void | Promise<void>;

/**
 * The state machine behind the log: decodes each committed entry and lets its command change the tables.
 * Every change of replicated state in the program passes here.
 *
 * Indexes of the tables are those of the log until a saved state with higher ones is restored: from
 * then on they are ahead by a shift that is part of the state, so that no index ever comes twice.
 */
export class Fsm implements StateMachine {
  private readonly commands = new Map<string, Command>();
  private readonly store: StateStore;
  private readonly logger: Logger;
  private readonly defer: Defer;
  private readonly listeners = new Set<RestoreListener>();
  private indexShift = 0;

  /** `defer` lets others have their turn while a snapshot is read. @default it does not */
  constructor(
    store: StateStore,
    resources: readonly Resource[],
    logger: Logger,
    defer: Defer = (callback) => callback(),
  ) {
    this.store = store;
    this.logger = logger;
    this.defer = defer;
    for (const command of resources.flatMap((resource) => resource.commands)) {
      if (this.commands.has(command.type))
        throw new Error(`command ${command.type} declared twice`);
      this.commands.set(command.type, command);
    }
  }

  /** Applies entries in order. The outcome of an entry is its command's result, or the Error that refused it. */
  apply(entries: readonly LogEntry[]): readonly unknown[] {
    return entries.map((entry) => (entry.kind === 'command' ? this.applyOne(entry) : undefined));
  }

  capture(): Iterable<Uint8Array> {
    const { indexShift } = this;
    const records = this.store.dump(this.store.view());
    return { [Symbol.iterator]: () => encodeState({ indexShift }, records) };
  }

  async restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const restore = this.store.restore();
    const { indexShift } = await loadState(restore, chunks, () => this.turn());
    // It is complete, so it takes place; and shift and tables belong together.
    this.indexShift = indexShift;
    restore.finish();
    await this.tell('raft-snapshot');
  }

  /**
   * Calls back in the turn in which another state took the place of the one before: what was known
   * of it has no meaning any more. Returns an unsubscriber.
   */
  onRestore(listener: RestoreListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets others have their turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.defer(resolve));
  }

  private applyOne(entry: LogEntry): unknown {
    const { type, proposedAtMs, payload } = decodeEntry(entry.data);
    const command = this.commands.get(type);
    if (!command) {
      // Skipping it would let this server's tables drift from the others'.
      throw new Error(
        `log entry ${entry.index}: unknown command "${type}"; written by a newer version?`,
      );
    }
    const index = entry.index + this.indexShift;
    const txn = this.store.write(index);
    try {
      const result = command.apply(txn, payload, { index, proposedAtMs });
      txn.commit();
      return result;
    } catch (thrown) {
      txn.abort();
      if (thrown instanceof Rollback) return thrown.result;
      if (thrown instanceof StateReplacement) return this.replace(thrown, entry.index);
      if (!(thrown instanceof MeshError)) {
        this.logger.error('command failed', { type, index: entry.index, error: String(thrown) });
      }
      return MeshError.from(thrown);
    }
  }

  private replace({ restore }: StateReplacement, logIndex: number): number {
    assert(restore.index !== undefined, 'a state that replaces another is complete');
    const index = Math.max(logIndex + this.indexShift, restore.index + 1);
    this.indexShift = index - logIndex;
    restore.finish({ index });
    this.logger.info('state replaced by a saved one', { index });
    void this.tell('user-snapshot');
    return index;
  }

  /** A listener that fails must not undo what the other servers have done too. */
  private async tell(cause: RestoreCause): Promise<void> {
    const calls = [...this.listeners].map(async (listener) => listener(cause));
    for (const outcome of await Promise.allSettled(calls)) {
      if (outcome.status === 'fulfilled') continue;
      this.logger.error('restore listener failed', { error: String(outcome.reason) });
    }
  }
}
