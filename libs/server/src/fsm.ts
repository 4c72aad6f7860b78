import { type Logger, MeshError } from '@mesh/base';
import type { LogEntry } from '@mesh/raft';
import { type Command, type Resource, Rollback } from '@mesh/resource';
import type { StateStore } from '@mesh/state';
import { decodeEntry } from './entry-codec.ts';

/**
 * The state machine behind the log: decodes each committed entry and lets its command change the tables.
 * Every change of replicated state in the program passes here.
 */
export class Fsm {
  private readonly commands = new Map<string, Command>();
  private readonly store: StateStore;
  private readonly logger: Logger;

  constructor(store: StateStore, resources: readonly Resource[], logger: Logger) {
    this.store = store;
    this.logger = logger;
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

  private applyOne(entry: LogEntry): unknown {
    const { type, proposedAtMs, payload } = decodeEntry(entry.data);
    const command = this.commands.get(type);
    if (!command) {
      // Skipping it would let this server's tables drift from the others'.
      throw new Error(
        `log entry ${entry.index}: unknown command "${type}"; written by a newer version?`,
      );
    }
    const txn = this.store.write(entry.index);
    try {
      const result = command.apply(txn, payload, { index: entry.index, proposedAtMs });
      txn.commit();
      return result;
    } catch (thrown) {
      txn.abort();
      if (thrown instanceof Rollback) return thrown.result;
      if (!(thrown instanceof MeshError)) {
        this.logger.error('command failed', { type, index: entry.index, error: String(thrown) });
      }
      return MeshError.from(thrown);
    }
  }
}
