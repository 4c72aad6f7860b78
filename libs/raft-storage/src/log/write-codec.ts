import type { HardState, LogPosition, LogWrite } from '@mesh/raft';
import { ENTRY_KINDS } from './entry-crc.ts';

/** The small part of a write; entries travel as bytes beside it. */
export interface WriteHead {
  readonly hardState?: HardState;
  readonly truncateFrom?: number;
  readonly base?: LogPosition;
  readonly count: number;
}

/** Bytes before an entry's data: index, term, kind, length. */
const ENTRY_HEAD_BYTES = 8 + 8 + 1 + 4;

/** Packs a write so that it crosses to the worker as one transferred buffer, whatever its size. */
export function packWrite(write: LogWrite): { head: WriteHead; bytes: ArrayBuffer } {
  const { entries, hardState, truncateFrom, base } = write;
  let size = 0;
  for (const { data } of entries) size += ENTRY_HEAD_BYTES + data.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { index, term, kind, data } of entries) {
    view.setFloat64(at, index);
    view.setFloat64(at + 8, term);
    bytes[at + 16] = ENTRY_KINDS.indexOf(kind);
    view.setUint32(at + 17, data.length);
    bytes.set(data, at + ENTRY_HEAD_BYTES);
    at += ENTRY_HEAD_BYTES + data.length;
  }
  const head = {
    ...(hardState && { hardState }),
    ...(truncateFrom !== undefined && { truncateFrom }),
    ...(base && { base }),
    count: entries.length,
  };
  return { head, bytes: bytes.buffer };
}

/** An entry as the worker stores it. */
export interface PackedEntry {
  readonly index: number;
  readonly term: number;
  readonly kind: number;
  readonly data: Uint8Array;
}

/** Inverse of packWrite, entry by entry; data are views into `bytes`. */
export function* unpackEntries(count: number, bytes: ArrayBuffer): Generator<PackedEntry> {
  const view = new DataView(bytes);
  let at = 0;
  for (let left = count; left > 0; left--) {
    const length = view.getUint32(at + 17);
    const start = at + ENTRY_HEAD_BYTES;
    yield {
      index: view.getFloat64(at),
      term: view.getFloat64(at + 8),
      kind: view.getUint8(at + 16),
      data: new Uint8Array(bytes, start, length),
    };
    at = start + length;
  }
}
