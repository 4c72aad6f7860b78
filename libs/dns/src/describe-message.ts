import { utf8Text } from '@mesh/base';
import { formatAddress } from './address.ts';
import { readName } from './name.ts';
import { HEADER_BYTES, OPTION_CLIENT_SUBNET, TYPE } from './record-types.ts';
import { copyBytes, u16, u32 } from './wire.ts';

/** A message read by people. Records are lines like `web.service.consul. 0 IN A 10.0.0.2`. */
export interface MessageText {
  readonly id: number;
  readonly rcode: string;
  /** Of qr, aa, tc, rd, ra, cd those that are set. */
  readonly flags: readonly string[];
  readonly question: readonly string[];
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  /** Without OPT. */
  readonly additional: readonly string[];
  readonly ednsUdpBytes: number | undefined;
  /** `10.0.0.0/24/0`: address, source bits, scope bits. */
  readonly clientSubnet: string | undefined;
}

const FLAGS: readonly (readonly [string, number])[] = [
  ['qr', 0x8000],
  ['aa', 0x0400],
  ['tc', 0x0200],
  ['rd', 0x0100],
  ['ra', 0x0080],
  ['cd', 0x0010],
];

const RCODE_NAMES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const TYPE_NAMES = new Map<number, string>(
  Object.entries(TYPE).map(([name, code]) => [code, name]),
);
const CLASS_NAMES = new Map([
  [1, 'IN'],
  [3, 'CH'],
]);

/**
 * Takes a message apart for traces and tests. Throws RangeError when it is malformed: for messages of our own,
 * not of strangers.
 */
export function describeMessage(bytes: Uint8Array): MessageText {
  const reader = new MessageReader(bytes);
  const flags = u16(bytes, 2);
  const question = reader.questions(u16(bytes, 4));
  const answer = reader.records(u16(bytes, 6));
  const authority = reader.records(u16(bytes, 8));
  const additional = reader.records(u16(bytes, 10));
  if (reader.at !== bytes.length) throw new RangeError('bytes after the last record');
  const rcode = (flags & 15) | reader.extendedRcode;
  return {
    id: u16(bytes, 0),
    rcode: RCODE_NAMES[rcode] ?? `RCODE${rcode}`,
    flags: FLAGS.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name),
    question,
    answer,
    authority,
    additional,
    ednsUdpBytes: reader.ednsUdpBytes,
    clientSubnet: reader.clientSubnet,
  };
}

class MessageReader {
  at = HEADER_BYTES;
  ednsUdpBytes: number | undefined;
  clientSubnet: string | undefined;
  extendedRcode = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    if (bytes.length < HEADER_BYTES) throw new RangeError('shorter than a header');
    this.bytes = bytes;
  }

  questions(count: number): readonly string[] {
    return Array.from({ length: count }, () => {
      const name = this.name();
      const line = `${name} ${className(u16(this.bytes, this.at + 2))} ${typeName(u16(this.bytes, this.at))}`;
      this.at += 4;
      return line;
    });
  }

  records(count: number): readonly string[] {
    const lines: string[] = [];
    for (let index = 0; index < count; index++) {
      const name = this.name();
      const type = u16(this.bytes, this.at);
      const classCode = u16(this.bytes, this.at + 2);
      const ttlS = u32(this.bytes, this.at + 4);
      const dataAt = this.at + 10;
      const end = dataAt + u16(this.bytes, this.at + 8);
      if (end > this.bytes.length) throw new RangeError('a record ends outside the message');
      if (type === TYPE.OPT) this.opt(classCode, dataAt, end);
      else {
        const head = `${name} ${ttlS} ${className(classCode)} ${typeName(type)}`;
        lines.push(`${head} ${this.data(type, dataAt, end)}`);
      }
      this.at = end;
    }
    return lines;
  }

  private opt(udpBytes: number, start: number, end: number): void {
    this.ednsUdpBytes = udpBytes;
    this.extendedRcode = this.bytes[this.at + 4]! << 4;
    for (let at = start; at < end; at += 4 + u16(this.bytes, at + 2)) {
      if (u16(this.bytes, at) !== OPTION_CLIENT_SUBNET) continue;
      const address = new Uint8Array(u16(this.bytes, at + 4) === 2 ? 16 : 4);
      address.set(this.bytes.subarray(at + 8, at + 4 + u16(this.bytes, at + 2)));
      const bits = `${this.bytes[at + 6]}/${this.bytes[at + 7]}`;
      this.clientSubnet = `${formatAddress(address)}/${bits}`;
    }
  }

  private data(type: number, start: number, end: number): string {
    const { bytes } = this;
    switch (type) {
      case TYPE.A:
      case TYPE.AAAA:
        return formatAddress(copyBytes(bytes, start, end));
      case TYPE.CNAME:
      case TYPE.NS:
      case TYPE.PTR:
        return this.names(start, 1).join(' ');
      case TYPE.SRV: {
        const numbers = [0, 2, 4].map((offset) => u16(bytes, start + offset));
        return [...numbers, ...this.names(start + 6, 1)].join(' ');
      }
      case TYPE.TXT:
        return this.strings(start, end).join(' ');
      case TYPE.SOA: {
        const numbers = [20, 16, 12, 8, 4].map((back) => u32(bytes, end - back));
        return [...this.names(start, 2), ...numbers].join(' ');
      }
      default:
        return `${end - start} bytes`;
    }
  }

  private strings(start: number, end: number): readonly string[] {
    const found: string[] = [];
    for (let at = start; at < end; at += 1 + this.bytes[at]!) {
      found.push(JSON.stringify(utf8Text(copyBytes(this.bytes, at + 1, at + 1 + this.bytes[at]!))));
    }
    return found;
  }

  private names(start: number, count: number): readonly string[] {
    let at = start;
    return Array.from({ length: count }, () => {
      const read = readName(this.bytes, at);
      if (!read) throw new RangeError('malformed name');
      at = read.end;
      return read.name;
    });
  }

  private name(): string {
    const read = readName(this.bytes, this.at);
    if (!read || read.end > this.bytes.length) throw new RangeError('malformed name');
    this.at = read.end;
    return read.name;
  }
}

function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`;
}

function className(code: number): string {
  return CLASS_NAMES.get(code) ?? `CLASS${code}`;
}
