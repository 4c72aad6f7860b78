import Database from 'better-sqlite3';
import { entryCrc, rowCrc } from './entry-crc.ts';
import { prepareWriter } from './schema.ts';
import { unpackEntries, type WriteHead } from './write-codec.ts';

/** Pages in the write-ahead log after which it is folded into the database. */
const CHECKPOINT_PAGES = 2000;

type Statements = Record<
  'begin' | 'commit' | 'rollback' | 'insert' | 'truncate' | 'compact' | 'state',
  Database.Statement
>;

/** The one connection that writes a log file. Synchronous: lives in a worker, or on memory. */
export class LogWriter {
  private readonly database: Database.Database;
  private readonly statements: Statements;
  private pagesSinceCheckpoint = 0;

  constructor(file: string) {
    this.database = new Database(file, { timeout: 0 });
    prepareWriter(this.database);
    const prepare = (sql: string) => this.database.prepare(sql);
    this.statements = {
      begin: prepare('BEGIN IMMEDIATE'),
      commit: prepare('COMMIT'),
      rollback: prepare('ROLLBACK'),
      insert: prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?)'),
      truncate: prepare('DELETE FROM log WHERE idx >= ?'),
      compact: prepare('DELETE FROM log WHERE idx <= ?'),
      state: prepare('INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?)'),
    };
  }

  /** One transaction; on stable storage when this returns. Throws SqliteError: then nothing of it is. */
  write({ hardState, truncateFrom, base, count }: WriteHead, bytes: ArrayBuffer): void {
    const { begin, commit, rollback, insert, truncate, compact } = this.statements;
    begin.run();
    try {
      if (hardState) {
        this.putState('hard-state', hardState.term, hardState.commitIndex, hardState.votedFor);
      }
      if (truncateFrom !== undefined) truncate.run(truncateFrom);
      if (base) {
        compact.run(base.index);
        this.putState('base', base.index, base.term, '');
      }
      for (const { index, term, kind, data } of unpackEntries(count, bytes)) {
        insert.run(index, term, kind, entryCrc(index, term, kind, data), data);
      }
      commit.run();
    } catch (error) {
      if (this.database.inTransaction) rollback.run();
      throw error;
    }
    this.pagesSinceCheckpoint += 2 + bytes.byteLength / 3000;
  }

  /** Whether the write-ahead log has grown enough to be folded in. */
  get wantsCheckpoint(): boolean {
    return this.pagesSinceCheckpoint >= CHECKPOINT_PAGES;
  }

  /**
   * Folds the write-ahead log into the database and empties it, so that whatever stands in it later
   * was written since: a damaged tail can be told from old bytes.
   */
  checkpoint(): void {
    this.pagesSinceCheckpoint = 0;
    this.database.pragma('wal_checkpoint(TRUNCATE)');
  }

  close(): void {
    this.database.close();
  }

  private putState(name: string, a: number, b: number, c: string): void {
    this.statements.state.run(name, a, b, c, rowCrc([name, a, b, c]));
  }
}
