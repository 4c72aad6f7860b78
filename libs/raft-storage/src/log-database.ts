import { assert, MeshError } from '@mesh/base';
import type { HardState, LogEntry, LogPosition, LogWrite } from '@mesh/raft';
import type { Database, Statement } from 'better-sqlite3';
import {
  encodeState,
  entryCrc,
  entryOfRow,
  KINDS,
  type LogRow,
  SELECT_ROWS,
  type StoredState,
} from './log-schema.ts';

/** Rows and bytes behind the base that one write removes: a compaction is spread over many. */
const PURGE_ROWS = 1024;
const PURGE_BYTES = 4 * 1024 * 1024;

/** The statements that change a log, on an open database whose content was verified. */
export class LogDatabase {
  private current: StoredState;
  private last: number;
  /** Rows up to the base may still be there; none are below this index. */
  private purgeFrom: number;
  private readonly database: Database;
  private readonly checksums: boolean;
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly rollback: Statement;
  private readonly insert: Statement;
  private readonly truncate: Statement;
  private readonly setState: Statement;
  private readonly garbage: Statement;
  private readonly purge: Statement;

  /** `checksums: false` leaves them 0, where nothing can be damaged. */
  constructor(
    database: Database,
    stored: StoredState & { readonly lastIndex: number },
    { checksums }: { checksums: boolean },
  ) {
    this.database = database;
    this.checksums = checksums;
    this.current = { hardState: stored.hardState, base: stored.base };
    this.last = stored.lastIndex;
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
    this.insert = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)');
    this.truncate = database.prepare('DELETE FROM log WHERE idx >= ?');
    this.setState = database.prepare('REPLACE INTO state VALUES (1, ?, ?)');
    this.garbage = database
      .prepare('SELECT idx, length(data) FROM log WHERE idx <= ? ORDER BY idx LIMIT ?')
      .raw();
    this.purge = database.prepare('DELETE FROM log WHERE idx <= ?');
    this.purgeFrom = this.firstRow() ?? stored.base.index + 1;
  }

  get state(): StoredState {
    return this.current;
  }

  get lastIndex(): number {
    return this.last;
  }

  /** All of it or, when it throws, nothing. */
  apply(write: LogWrite): void {
    const { current, last, purgeFrom } = this;
    this.begin.run();
    try {
      this.change(write);
      this.commit.run();
    } catch (error) {
      this.current = current;
      this.last = last;
      this.purgeFrom = purgeFrom;
      // Where SQLite has not rolled back already.
      if (this.database.inTransaction) this.rollback.run();
      throw error;
    }
  }

  private change({ hardState, truncateFrom, base, entries }: LogWrite): void {
    if (truncateFrom !== undefined && truncateFrom <= this.last) {
      this.truncate.run(truncateFrom);
      this.last = truncateFrom - 1;
    }
    if (base) this.last = Math.max(this.last, base.index);
    this.changeState(hardState, base, entries.length > 0);
    if (this.purgeFrom <= this.current.base.index) this.purgeSome();
    this.append(entries, hardState?.commitIndex ?? 0);
  }

  /** A commit index alone goes with the entries: it is a hint, and the row of `state` costs a page. */
  private changeState(
    hardState: HardState | undefined,
    base: LogPosition | undefined,
    withEntries: boolean,
  ): void {
    const { current } = this;
    if (!base) {
      if (!hardState) return;
      const { term, votedFor } = current.hardState;
      if (withEntries && hardState.term === term && hardState.votedFor === votedFor) return;
    }
    this.current = { hardState: hardState ?? current.hardState, base: base ?? current.base };
    const { text, crc } = encodeState(this.current);
    this.setState.run(text, crc);
  }

  private append(entries: readonly LogEntry[], commitIndex: number): void {
    const end = entries.length - 1;
    for (let at = 0; at <= end; at++) {
      const { index, term, kind, data } = entries[at]!;
      assert(index === this.last + 1, 'appended entries follow the last one');
      const code = KINDS.indexOf(kind);
      const known = at === end ? commitIndex : 0;
      const crc = this.checksums ? entryCrc(index, term, code, known, data) : 0;
      this.insert.run(index, term, code, known, crc, data);
      this.last = index;
    }
  }

  private purgeSome(): void {
    const base = this.current.base.index;
    const rows = this.garbage.all(base, PURGE_ROWS) as [idx: number, bytes: number][];
    let bytes = 0;
    let upTo = 0;
    for (const [index, size] of rows) {
      if (bytes > PURGE_BYTES) break;
      bytes += size;
      upTo = index;
    }
    if (rows.length > 0) this.purge.run(upTo);
    const finished = rows.length < PURGE_ROWS && upTo === (rows.at(-1)?.[0] ?? 0);
    this.purgeFrom = finished ? base + 1 : upTo + 1;
  }

  private firstRow(): number | null {
    const row = this.database.prepare('SELECT min(idx) AS first FROM log').get();
    return (row as { first: number | null }).first;
  }
}

/** Bounded reads of stored entries. */
export class EntryReader {
  private readonly select: Statement;

  constructor(database: Database) {
    this.select = database.prepare(`${SELECT_ROWS} WHERE idx BETWEEN ? AND ? ORDER BY idx`).raw();
  }

  /** Throws MeshError `unavailable` for a damaged row; `checksums: false` trusts what it finds. */
  read(from: number, to: number, maxBytes: number, checksums: boolean): LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const row of this.select.iterate(from, to) as IterableIterator<LogRow>) {
      bytes += row[5].length;
      if (bytes > maxBytes && entries.length > 0) break;
      const entry = checksums ? entryOfRow(row) : plainEntry(row);
      if (entry?.index !== from + entries.length) {
        throw new MeshError('unavailable', `entry ${from + entries.length} is damaged`);
      }
      entries.push(entry);
    }
    return entries;
  }
}

function plainEntry([index, term, kind, , , data]: LogRow): LogEntry {
  return { index, term, kind: KINDS[kind]!, data };
}
