import { crc32 } from 'node:zlib';
import type { HardState, LogEntry, LogPosition } from '@mesh/raft';

/** Version of the data folder's format, kept as SQLite's user_version. */
export const FORMAT_VERSION = 1;

/** Marks the file as ours for `file` and the sqlite3 shell: "Mesh". */
export const APPLICATION_ID = 0x4d657368;

/**
 * `log`: one row an entry; `known` is the commit index known when the entry was written, on the last
 * entry of a write (so an append touches one page and not two). `state`: everything else, as JSON.
 */
export const TABLES: readonly string[] = [
  'CREATE TABLE log (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, kind INTEGER NOT NULL, ' +
    'known INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL) STRICT',
  'CREATE TABLE state (one INTEGER PRIMARY KEY, text TEXT NOT NULL, crc INTEGER NOT NULL) STRICT',
];

export const KINDS = ['command', 'noop', 'configuration'] as const;

/** A row of `log`, as arrays of columns come from SQLite (cheaper than objects). */
export type LogRow = [
  idx: number,
  term: number,
  kind: number,
  known: number,
  crc: number,
  data: Uint8Array,
];

export const SELECT_ROWS = 'SELECT idx, term, kind, known, crc, data FROM log';

/** The row of `state`. */
export interface StoredState {
  readonly hardState: HardState;
  readonly base: LogPosition;
}

const head = new DataView(new ArrayBuffer(25));
const headBytes = new Uint8Array(head.buffer);

/** CRC-32 of an entry's row, as SQLite stores it: signed. */
export function entryCrc(
  index: number,
  term: number,
  kind: number,
  known: number,
  data: Uint8Array,
): number {
  head.setFloat64(0, index);
  head.setFloat64(8, term);
  head.setFloat64(16, known);
  head.setUint8(24, kind);
  const headCrc = crc32(headBytes);
  // Of no bytes at no address zlib answers 0, and not the sum so far.
  return (data.length === 0 ? headCrc : crc32(data, headCrc)) | 0;
}

/** The entry of a row; undefined where the checksum says that the row is not what was written. */
export function entryOfRow(row: LogRow): LogEntry | undefined {
  const [index, term, kind, known, crc, data] = row;
  const name = KINDS[kind];
  if (name === undefined || entryCrc(index, term, kind, known, data) !== crc) return undefined;
  return { index, term, kind: name, data };
}

export function encodeState(state: StoredState): { text: string; crc: number } {
  const text = JSON.stringify(state);
  return { text, crc: crc32(text) | 0 };
}

/** The state of a row; undefined where the row is not what was written. */
export function decodeState(
  row: { text: string; crc: number } | undefined,
): StoredState | undefined {
  if (!row || (crc32(row.text) | 0) !== row.crc) return undefined;
  return JSON.parse(row.text) as StoredState;
}
