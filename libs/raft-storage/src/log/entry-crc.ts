import { crc32 } from 'node:zlib';
import type { LogEntry } from '@mesh/raft';

/** Kinds of entries by their number in the file. */
export const ENTRY_KINDS = ['command', 'noop', 'configuration'] as const;

const head = new Uint8Array(17);
const headView = new DataView(head.buffer);

/** Checksum of an entry: CRC-32 over index, term, kind and data. */
export function entryCrc(index: number, term: number, kind: number, data: Uint8Array): number {
  headView.setFloat64(0, index);
  headView.setFloat64(8, term);
  head[16] = kind;
  return crc32(data, crc32(head));
}

/** Checksum of the hard state and of the base: CRC-32 over their JSON. */
export function rowCrc(values: readonly (number | string)[]): number {
  return crc32(JSON.stringify(values));
}

/** A row of the log as SQLite gives it. */
export interface EntryRow {
  readonly idx: number;
  readonly term: number;
  readonly kind: number;
  readonly crc: number;
  readonly data: Uint8Array;
}

/** The entry of a row; undefined when its checksum is wrong. */
export function entryOf({ idx, term, kind, crc, data }: EntryRow): LogEntry | undefined {
  const name = ENTRY_KINDS[kind];
  if (!name || entryCrc(idx, term, kind, data) !== crc) return undefined;
  return { index: idx, term, kind: name, data };
}
