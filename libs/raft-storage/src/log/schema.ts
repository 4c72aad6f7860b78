import type Database from 'better-sqlite3';

/** Version of the tables below, in the file's user_version. */
export const FORMAT_VERSION = 1;

/** The database file in the raft folder; beside it SQLite keeps its -wal and -shm. */
export const LOG_FILE = 'raft.db';

/** Entries with their checksums; one row each for hard state and base. */
const SCHEMA = `
  CREATE TABLE log (
    idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL,
    crc INTEGER NOT NULL, data BLOB NOT NULL
  ) STRICT;
  CREATE TABLE state (
    name TEXT PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Page size, bytes. A commit writes whole pages to the write-ahead log, so that small pages make
 * small commits; entries beyond a page overflow into others.
 */
const PAGE_BYTES = 4096;

/** Settings of the one connection that writes; creates the tables of a new file. */
export function prepareWriter(database: Database.Database): void {
  database.pragma(`page_size = ${PAGE_BYTES}`);
  database.pragma('journal_mode = WAL');
  // FULL syncs the write-ahead log at each commit: only then is a commit on stable storage.
  database.pragma('synchronous = FULL');
  // Checkpoints are made when the worker has time, not within a commit.
  database.pragma('wal_autocheckpoint = 0');
  database.pragma('cache_size = -4096');
  if (database.pragma('user_version', { simple: true }) === 0) {
    database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${FORMAT_VERSION}; COMMIT;`);
  }
}
