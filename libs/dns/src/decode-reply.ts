/** Answers of recursors. They come over UDP from anywhere: nothing throws, nothing loops. */
import { readName } from './name.ts';
import { CLASS_IN, HEADER_BYTES, TYPE } from './record-types.ts';
import type { AddressRecord, NameRecord } from './records.ts';
import { copyBytes, u16, u32 } from './wire.ts';

/** What a forwarder must know of a reply; the rest is passed on as it is. */
export interface ReplyHead {
  readonly id: number;
  readonly truncated: boolean;
  readonly rcode: number;
  /** Presentation form, as it came. */
  readonly questionName: string;
  readonly questionType: number;
  readonly questionClass: number;
  /** Where the question ends. */
  readonly end: number;
}

/** Undefined when the bytes are no reply to a query with one question. */
export function decodeReplyHead(bytes: Uint8Array): ReplyHead | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  // QR set, opcode QUERY.
  if ((bytes[2]! & 0xf8) !== 0x80 || u16(bytes, 4) !== 1) return undefined;
  const name = readName(bytes, HEADER_BYTES);
  if (!name || name.end + 4 > bytes.length) return undefined;
  return {
    id: u16(bytes, 0),
    truncated: (bytes[2]! & 0x02) !== 0,
    rcode: bytes[3]! & 15,
    questionName: name.name,
    questionType: u16(bytes, name.end),
    questionClass: u16(bytes, name.end + 2),
    end: name.end + 4,
  };
}

/** The addresses and aliases in the ANSWER section of a reply; undefined when it is malformed. */
export function decodeAddresses(
  bytes: Uint8Array,
): readonly (AddressRecord | NameRecord)[] | undefined {
  const head = decodeReplyHead(bytes);
  if (!head) return undefined;
  const records: (AddressRecord | NameRecord)[] = [];
  let at = head.end;
  // Each record takes eleven bytes or more, so that the message bounds the work.
  for (let count = u16(bytes, 6); count > 0; count--) {
    const owner = readName(bytes, at);
    if (!owner) return undefined;
    const dataAt = owner.end + 10;
    if (dataAt > bytes.length) return undefined;
    const end = dataAt + u16(bytes, owner.end + 8);
    if (end > bytes.length) return undefined;
    const record = decodeRecord(bytes, owner.name, owner.end, end);
    if (record === 'malformed') return undefined;
    if (record) records.push(record);
    at = end;
  }
  return records;
}

function decodeRecord(
  bytes: Uint8Array,
  name: string,
  headAt: number,
  end: number,
): AddressRecord | NameRecord | undefined | 'malformed' {
  const type = u16(bytes, headAt);
  const ttlS = u32(bytes, headAt + 4);
  const dataAt = headAt + 10;
  if (u16(bytes, headAt + 2) !== CLASS_IN) return undefined;
  if (type === TYPE.A || type === TYPE.AAAA) {
    if (end - dataAt !== (type === TYPE.A ? 4 : 16)) return 'malformed';
    return { type, name, ttlS, address: copyBytes(bytes, dataAt, end) };
  }
  if (type !== TYPE.CNAME) return undefined;
  const target = readName(bytes, dataAt);
  if (target?.end !== end) return 'malformed';
  return { type, name, ttlS, target: target.name };
}
