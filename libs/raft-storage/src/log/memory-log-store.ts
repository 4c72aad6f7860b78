import { assert, MeshError } from '@mesh/base';
import type { LogEntry, LogStore, LogWrite, StoredLog } from '@mesh/raft';
import Database from 'better-sqlite3';
import { ENTRY_KINDS } from './entry-crc.ts';

const SCHEMA = `
  CREATE TABLE log (
    idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
`;

interface LogRow {
  readonly idx: number;
  readonly term: number;
  readonly kind: number;
  readonly data: Uint8Array;
}

type Statements = Record<
  'begin' | 'commit' | 'rollback' | 'insert' | 'truncate' | 'compact' | 'range',
  Database.Statement
>;

/** Raft log in a SQLite database held in memory: what `agent -dev` runs on. Nothing survives. */
export class MemoryLogStore implements LogStore {
  private readonly database: Database.Database;
  private readonly statements: Statements;
  private stored: StoredLog = {
    hardState: { term: 0, votedFor: '', commitIndex: 0 },
    base: { index: 0, term: 0 },
    lastIndex: 0,
  };

  constructor() {
    this.database = new Database(':memory:');
    // No file is behind it; the journal in memory is what makes a failed batch roll back.
    this.database.pragma('journal_mode = MEMORY');
    this.database.pragma('cache_size = -2048');
    this.database.exec(SCHEMA);
    const prepare = (sql: string) => this.database.prepare(sql);
    this.statements = {
      begin: prepare('BEGIN'),
      commit: prepare('COMMIT'),
      rollback: prepare('ROLLBACK'),
      insert: prepare('INSERT INTO log VALUES (?, ?, ?, ?)'),
      truncate: prepare('DELETE FROM log WHERE idx >= ?'),
      compact: prepare('DELETE FROM log WHERE idx <= ?'),
      range: prepare(
        'SELECT idx, term, kind, data FROM log WHERE idx BETWEEN ? AND ? ORDER BY idx',
      ),
    };
  }

  async open(): Promise<StoredLog> {
    return this.stored;
  }

  async write({ hardState, truncateFrom, base, entries }: LogWrite): Promise<void> {
    const { begin, commit, rollback, insert, truncate, compact } = this.statements;
    let { lastIndex } = this.stored;
    begin.run();
    try {
      if (truncateFrom !== undefined) {
        truncate.run(truncateFrom);
        lastIndex = Math.min(lastIndex, truncateFrom - 1);
      }
      if (base) {
        compact.run(base.index);
        lastIndex = Math.max(lastIndex, base.index);
      }
      for (const { index, term, kind, data } of entries) {
        assert(index === lastIndex + 1, 'appended entries follow the last one');
        insert.run(index, term, ENTRY_KINDS.indexOf(kind), data);
        lastIndex = index;
      }
      commit.run();
    } catch (cause) {
      rollback.run();
      const { message } = cause as Error;
      throw new MeshError('unavailable', `log write failed: ${message}`, { cause });
    }
    const { stored } = this;
    this.stored = {
      hardState: hardState ?? stored.hardState,
      base: base ?? stored.base,
      lastIndex,
    };
  }

  read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const row of this.statements.range.iterate(from, to) as IterableIterator<LogRow>) {
      bytes += row.data.length;
      if (entries.length > 0 && bytes > maxBytes) break;
      const { idx, term, kind, data } = row;
      entries.push({ index: idx, term, kind: ENTRY_KINDS[kind]!, data });
    }
    return entries;
  }

  async close(): Promise<void> {
    this.database.close();
  }
}
