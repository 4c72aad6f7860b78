import type { MsgpackReader } from './msgpack-reader.ts';

export { hostBytes, readHost, readName } from './packet-message.ts';
export { readStruct, structFields } from './struct.ts';

/** Numbers beyond are malformed: a Lamport clock that counts a million a second gets there in 285 years. */
const MAX_LAMPORT = Number.MAX_SAFE_INTEGER;

/** Elements of a list in a message that goes by packet, or lists members of a query. */
export const MAX_LIST = 4096;

/** A Lamport time. */
export function readLamport(reader: MsgpackReader): number {
  return reader.uint(MAX_LAMPORT);
}

/** An unsigned number of 32 bits. */
export function readU32(reader: MsgpackReader): number {
  return reader.uint(0xffff_ffff);
}

/** A list of texts; empty for nil. More than `max` are malformed. */
export function readTexts(reader: MsgpackReader, max: number): readonly string[] {
  const texts: string[] = [];
  for (let left = reader.count(max); left > 0; left--) texts.push(reader.text());
  return texts;
}
