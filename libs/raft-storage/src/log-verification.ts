import { closeSync, openSync } from 'node:fs';
import { MeshError } from '@mesh/base';
import type { StoredLog } from '@mesh/raft';
import Database from 'better-sqlite3';
import { damaged } from './damage.ts';
import {
  APPLICATION_ID,
  decodeState,
  encodeState,
  entryOfRow,
  FORMAT_VERSION,
  type LogRow,
  SELECT_ROWS,
  TABLES,
} from './log-schema.ts';

const EMPTY: StoredLog = {
  hardState: { term: 0, votedFor: '', commitIndex: 0 },
  base: { index: 0, term: 0 },
  lastIndex: 0,
};

/** Opens the database of a log, or makes it, and verifies all of it. Throws MeshError `unavailable`. */
export function openDatabase(file: string): { database: Database.Database; stored: StoredLog } {
  // SQLite gives its other files the mode of this one.
  closeSync(openSync(file, 'a', 0o600));
  const database = new Database(file, { timeout: 5000 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('wal_autocheckpoint = 0');
    database.pragma('cache_size = -4096');
    const tables = database.prepare('SELECT sql FROM sqlite_schema ORDER BY rowid').pluck().all();
    if (tables.length === 0) {
      createTables(database);
      return { database, stored: EMPTY };
    }
    checkFormat(database, tables as string[], file);
    return { database, stored: verify(database, file) };
  } catch (error) {
    database.close();
    if (error instanceof MeshError) throw error;
    throw damaged(file, (error as Error).message);
  }
}

function createTables(database: Database.Database): void {
  const { text, crc } = encodeState({ hardState: EMPTY.hardState, base: EMPTY.base });
  database.transaction(() => {
    for (const table of TABLES) database.exec(table);
    database.prepare('INSERT INTO state VALUES (1, ?, ?)').run(text, crc);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${FORMAT_VERSION}`);
  })();
}

function checkFormat(database: Database.Database, tables: readonly string[], file: string): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > FORMAT_VERSION) {
    throw new MeshError(
      'unavailable',
      `${file} has format ${version}, this program knows up to ${FORMAT_VERSION}: run the newer one`,
    );
  }
  if (version !== FORMAT_VERSION || tables.join(';') !== TABLES.join(';')) {
    throw damaged(file, 'its tables are not those of a log');
  }
}

function verify(database: Database.Database, file: string): StoredLog {
  const findings = database.pragma('quick_check(1)', { simple: true });
  if (findings !== 'ok') throw damaged(file, String(findings));
  const row = database.prepare('SELECT text, crc FROM state WHERE one = 1').get();
  const state = decodeState(row as { text: string; crc: number } | undefined);
  if (!state) throw damaged(file, 'the row of term and vote is not what was written');
  const { hardState, base } = state;
  const rows = database.prepare(`${SELECT_ROWS} WHERE idx > ? ORDER BY idx`).raw();
  let lastIndex = base.index;
  let known = hardState.commitIndex;
  for (const entry of rows.iterate(base.index) as IterableIterator<LogRow>) {
    if (entry[0] !== lastIndex + 1 || !entryOfRow(entry)) {
      throw damaged(file, `entry ${lastIndex + 1} is not what was written`);
    }
    lastIndex++;
    known = Math.max(known, entry[3]);
  }
  return { hardState: { ...hardState, commitIndex: known }, base, lastIndex };
}
