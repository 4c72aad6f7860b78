import { assert } from '@mesh/base';
import type { LegacyHardState, LegacyLogStore, LogEntry } from '@mesh/raft';
import Database from 'better-sqlite3';

const KINDS = ['command', 'noop', 'configuration'] as const;

const SCHEMA = `
  CREATE TABLE log (
    idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE hard_state (
    one INTEGER PRIMARY KEY CHECK (one = 1), term INTEGER NOT NULL, voted_for TEXT NOT NULL
  ) STRICT;
  INSERT INTO hard_state VALUES (1, 0, '');
`;

interface LogRow {
  readonly idx: number;
  readonly term: number;
  readonly kind: number;
  readonly data: Uint8Array;
}

/** Raft log in a SQLite database held in memory: what `agent -dev` runs on. Nothing survives `close`. */
export class MemorySqliteLogStore implements LegacyLogStore {
  firstIndex = 1;
  lastIndex = 0;
  private readonly database: Database.Database;
  private readonly insertEntry: Database.Statement;
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;

  constructor() {
    this.database = new Database(':memory:');
    // No file is behind it; the journal in memory is what makes a failed batch roll back.
    this.database.pragma('journal_mode = MEMORY');
    this.database.pragma('cache_size = -2048');
    this.database.exec(SCHEMA);
    this.insertEntry = this.database.prepare('INSERT INTO log VALUES (?, ?, ?, ?)');
    this.begin = this.database.prepare('BEGIN');
    this.commit = this.database.prepare('COMMIT');
    this.rollback = this.database.prepare('ROLLBACK');
  }

  hardState(): LegacyHardState {
    const row = this.database.prepare('SELECT term, voted_for AS votedFor FROM hard_state').get();
    return row as LegacyHardState;
  }

  async saveHardState(state: LegacyHardState): Promise<void> {
    this.database
      .prepare('UPDATE hard_state SET term = ?, voted_for = ?')
      .run(state.term, state.votedFor);
  }

  async append(entries: readonly LogEntry[]): Promise<void> {
    assert(entries[0]?.index === this.lastIndex + 1, 'appended entries follow the last one');
    this.begin.run();
    try {
      for (const { index, term, kind, data } of entries) {
        this.insertEntry.run(index, term, KINDS.indexOf(kind), data);
      }
      this.commit.run();
    } catch (error) {
      this.rollback.run();
      throw error;
    }
    this.lastIndex = entries[entries.length - 1]!.index;
  }

  read(from: number, to: number): readonly LogEntry[] {
    const rows = this.database
      .prepare('SELECT idx, term, kind, data FROM log WHERE idx BETWEEN ? AND ? ORDER BY idx')
      .all(from, to) as LogRow[];
    return rows.map(({ idx, term, kind, data }) => ({
      index: idx,
      term,
      kind: KINDS[kind]!,
      data,
    }));
  }

  async compact(index: number): Promise<void> {
    if (index < this.firstIndex) return;
    this.database.prepare('DELETE FROM log WHERE idx <= ?').run(index);
    this.firstIndex = Math.min(index, this.lastIndex) + 1;
  }

  async close(): Promise<void> {
    this.database.close();
  }
}
