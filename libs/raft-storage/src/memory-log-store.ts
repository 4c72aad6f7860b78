import { MeshError } from '@mesh/base';
import type { LogEntry, LogStore, LogWrite, StoredLog } from '@mesh/raft';
import Database from 'better-sqlite3';
import { EntryReader, LogDatabase } from './log-database.ts';
import { TABLES } from './log-schema.ts';

const EMPTY: StoredLog = {
  hardState: { term: 0, votedFor: '', commitIndex: 0 },
  base: { index: 0, term: 0 },
  lastIndex: 0,
};

/** Raft log in a SQLite database held in memory: what `agent -dev` runs on. Nothing survives `close`. */
export class MemoryLogStore implements LogStore {
  private database: Database.Database | undefined;
  private log: LogDatabase | undefined;
  private entries: EntryReader | undefined;

  async open(): Promise<StoredLog> {
    const database = new Database(':memory:');
    // No file is behind it; the journal in memory is what makes a failed write roll back.
    database.pragma('journal_mode = MEMORY');
    database.pragma('cache_size = -2048');
    for (const table of TABLES) database.exec(table);
    this.database = database;
    this.log = new LogDatabase(database, EMPTY, { checksums: false });
    this.entries = new EntryReader(database);
    return EMPTY;
  }

  async write(write: LogWrite): Promise<void> {
    if (!this.database) throw new MeshError('unavailable', 'the log is closed');
    this.log!.apply(write);
  }

  read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    const { state, lastIndex } = this.log!;
    const first = Math.max(from, state.base.index + 1);
    return this.entries!.read(first, Math.min(to, lastIndex), maxBytes, false);
  }

  async close(): Promise<void> {
    this.database?.close();
    this.database = undefined;
  }
}
