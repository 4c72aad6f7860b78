import { MeshError } from '@mesh/base';
import type { HardState, LogEntry, LogPosition, StoredLog } from '@mesh/raft';
import Database from 'better-sqlite3';
import { type EntryRow, entryOf, rowCrc } from './entry-crc.ts';

const COLUMNS = 'idx, term, kind, crc, data';

interface StateRow {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly c: string;
  readonly crc: number;
}

/** Reads and verifies a log file, on a connection of its own. */
export class LogReader {
  private readonly database: Database.Database;
  private readonly file: string;
  private readonly range: Database.Statement;

  constructor(file: string) {
    this.file = file;
    this.database = new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    const where = 'WHERE idx >= ? AND idx <= ? ORDER BY idx';
    this.range = this.database.prepare(`SELECT ${COLUMNS} FROM log ${where}`);
  }

  /** Checks everything: structure, checksums, and that no entry is missing. Throws MeshError. */
  verify(): StoredLog {
    const state = this.readState();
    const base: LogPosition = state.base ?? { index: 0, term: 0 };
    let expected = base.index + 1;
    const all = this.database.prepare(`SELECT ${COLUMNS} FROM log ORDER BY idx`);
    for (const row of all.iterate() as IterableIterator<EntryRow>) {
      if (row.idx !== expected) throw this.damaged(`entry ${expected} is missing`);
      if (!entryOf(row)) throw this.damaged(`entry ${expected} has a wrong checksum`);
      expected++;
    }
    const lastIndex = expected - 1;
    if (!state.hardState && lastIndex > 0) throw this.damaged('term and vote are missing');
    const hardState = state.hardState ?? { term: 0, votedFor: '', commitIndex: 0 };
    return { hardState, base, lastIndex };
  }

  /** Entries of a range, at least one, until `maxBytes` is exceeded. Throws MeshError. */
  read(from: number, to: number, maxBytes: number): readonly LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const row of this.range.iterate(from, to) as IterableIterator<EntryRow>) {
      bytes += row.data.length;
      if (entries.length > 0 && bytes > maxBytes) break;
      const entry = entryOf(row);
      if (!entry) throw this.damaged(`entry ${row.idx} has a wrong checksum`);
      entries.push(entry);
    }
    return entries;
  }

  close(): void {
    this.database.close();
  }

  private readState(): { hardState?: HardState; base?: LogPosition } {
    const problem = this.database.pragma('quick_check(1)', { simple: true });
    if (problem !== 'ok') throw this.damaged(String(problem));
    const rows = this.database.prepare('SELECT * FROM state').all() as StateRow[];
    let hardState: HardState | undefined;
    let base: LogPosition | undefined;
    for (const { name, a, b, c, crc } of rows) {
      if (rowCrc([name, a, b, c]) !== crc) throw this.damaged(`${name} has a wrong checksum`);
      if (name === 'hard-state') hardState = { term: a, commitIndex: b, votedFor: c };
      if (name === 'base') base = { index: a, term: b };
    }
    return { ...(hardState && { hardState }), ...(base && { base }) };
  }

  private damaged(what: string): MeshError {
    return damagedLog(this.file, what);
  }
}

/** The refusal of a damaged log: what is wrong, where, and what an operator does about it. */
export function damagedLog(file: string, what: string): MeshError {
  return new MeshError(
    'unavailable',
    `the Raft log ${file} is damaged: ${what}. Nothing was changed. If other servers of the ` +
      'cluster are up, move the raft folder away and start again: this server gets its state from ' +
      'them. If it is the only one, move the folder away, start, and restore a saved snapshot',
  );
}
