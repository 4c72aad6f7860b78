import type { MsgpackReader } from './msgpack-reader.ts';

export { readHost, readName } from './packet-message.ts';
export { readStruct, structFields } from './struct.ts';

/** Numbers beyond are malformed: a Lamport clock that counts a million a second gets there in 285 years. */
const MAX_LAMPORT = Number.MAX_SAFE_INTEGER;

/** A Lamport time. */
export function readLamport(reader: MsgpackReader): number {
  return reader.uint(MAX_LAMPORT);
}

/** An unsigned number of 32 bits. */
export function readU32(reader: MsgpackReader): number {
  return reader.uint(0xffff_ffff);
}

/** A list of texts; empty for nil. */
export function readTexts(reader: MsgpackReader): readonly string[] {
  const texts: string[] = [];
  for (let left = reader.array() ?? 0; left > 0; left--) texts.push(reader.text());
  return texts;
}
