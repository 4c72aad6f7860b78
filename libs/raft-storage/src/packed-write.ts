import { assert } from '@mesh/base';
import type { HardState, LogEntry, LogPosition, LogWrite } from '@mesh/raft';
import { KINDS } from './log-schema.ts';

// A write on its way to the worker thread is one buffer that changes hands: cloning objects entry by
// entry would cost the main thread several times as much. Both ends are the same build on the same
// machine, so there is neither a version nor a check in it.

const HAS_STATE = 1;
const HAS_TRUNCATE = 2;
const HAS_BASE = 4;
/** flags u32, count u32, first index f64, truncateFrom f64, base 2 x f64, state 2 x f64, id length u32. */
const HEAD_BYTES = 60;
/** term f64, bytes u32, kind u8. */
const ENTRY_BYTES = 13;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Copies a write into one buffer that may be transferred. */
export function packWrite({ hardState, truncateFrom, base, entries }: LogWrite): ArrayBuffer {
  const voted = encoder.encode(hardState?.votedFor ?? '');
  let size = HEAD_BYTES + voted.length;
  for (const { data } of entries) size += ENTRY_BYTES + data.length;
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  const flags =
    (hardState ? HAS_STATE : 0) |
    (truncateFrom !== undefined ? HAS_TRUNCATE : 0) |
    (base ? HAS_BASE : 0);
  view.setUint32(0, flags);
  view.setUint32(4, entries.length);
  view.setFloat64(8, entries[0]?.index ?? 0);
  view.setFloat64(16, truncateFrom ?? 0);
  view.setFloat64(24, base?.index ?? 0);
  view.setFloat64(32, base?.term ?? 0);
  view.setFloat64(40, hardState?.term ?? 0);
  view.setFloat64(48, hardState?.commitIndex ?? 0);
  view.setUint32(56, voted.length);
  bytes.set(voted, HEAD_BYTES);
  let at = HEAD_BYTES + voted.length;
  let expected = entries[0]?.index ?? 0;
  for (const { index, term, kind, data } of entries) {
    // The other end counts the indexes on.
    assert(index === expected++, 'appended entries follow the last one');
    view.setFloat64(at, term);
    view.setUint32(at + 8, data.length);
    view.setUint8(at + 12, KINDS.indexOf(kind));
    bytes.set(data, at + ENTRY_BYTES);
    at += ENTRY_BYTES + data.length;
  }
  return buffer;
}

/** The write that `packWrite` packed; its data are views of the buffer. */
export function unpackWrite(buffer: ArrayBuffer): LogWrite {
  const view = new DataView(buffer);
  const flags = view.getUint32(0);
  const first = view.getFloat64(8);
  const votedEnd = HEAD_BYTES + view.getUint32(56);
  const entries: LogEntry[] = new Array(view.getUint32(4));
  let at = votedEnd;
  for (let i = 0; i < entries.length; i++) {
    const from = at + ENTRY_BYTES;
    const length = view.getUint32(at + 8);
    entries[i] = {
      index: first + i,
      term: view.getFloat64(at),
      kind: KINDS[view.getUint8(at + 12)]!,
      data: new Uint8Array(buffer, from, length),
    };
    at = from + length;
  }
  const base: LogPosition = { index: view.getFloat64(24), term: view.getFloat64(32) };
  const hardState: HardState = {
    term: view.getFloat64(40),
    votedFor: decoder.decode(new Uint8Array(buffer, HEAD_BYTES, votedEnd - HEAD_BYTES)),
    commitIndex: view.getFloat64(48),
  };
  return {
    entries,
    ...(flags & HAS_STATE && { hardState }),
    ...(flags & HAS_TRUNCATE && { truncateFrom: view.getFloat64(16) }),
    ...(flags & HAS_BASE && { base }),
  };
}
