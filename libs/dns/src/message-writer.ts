import { utf8Bytes } from '@mesh/base';
import { labelEnd, labelToBytes, MAX_LABEL_BYTES } from './name.ts';
import type { ClientSubnet } from './query.ts';
import {
  CLASS_IN,
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  OPTION_CLIENT_SUBNET,
  TYPE,
} from './record-types.ts';
import type { DnsRecord } from './records.ts';

/** Pointers have 14 bits (RFC 1035 section 4.1.4). */
const MAX_POINTER = 0x3fff;
/** Longest string within a TXT record. */
const MAX_STRING_BYTES = 255;

const BACKSLASH = 0x5c;
const DOT = 0x2e;

/** Fields of a header that answers differ in. */
export interface ReplyHeader {
  readonly id: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly checkingDisabled: boolean;
  readonly rcode: number;
}

/** What the OPT record of an answer says. */
export interface ReplyOpt {
  readonly udpBytes: number;
  readonly rcode: number;
  readonly subnet: ClientSubnet | undefined;
  /** How much of the subnet the answer depends on. */
  readonly scopeBits: number;
}

/**
 * Writes one message. `rewind` goes back to a mark, so that a record that is too much can be taken back.
 * The buffer is lent for the time of one message.
 */
export class MessageWriter {
  private at = 0;
  private overflow = false;
  /** Lower-case suffixes already written, and where. */
  private readonly suffixes = new Map<string, number>();
  private readonly bytes: Uint8Array;
  private readonly compress: boolean;

  constructor(bytes: Uint8Array, compress: boolean) {
    this.bytes = bytes;
    this.compress = compress;
  }

  get length(): number {
    return this.at;
  }

  /** Something did not fit into the buffer: the message is of no use unless rewound. */
  get overflowed(): boolean {
    return this.overflow;
  }

  /** Takes back all after `mark`, a former `length`. */
  rewind(mark: number): void {
    this.at = mark;
    this.overflow = false;
    for (const [suffix, offset] of this.suffixes) {
      if (offset >= mark) this.suffixes.delete(suffix);
    }
  }

  /** The question section as it came; its name is what later names are shortened by. */
  question(questionBytes: Uint8Array, name: string): void {
    this.at = HEADER_BYTES;
    if (this.compress) this.noteQuestion(name, questionBytes);
    this.raw(questionBytes);
  }

  private noteQuestion(name: string, questionBytes: Uint8Array): void {
    const lower = name.toLowerCase();
    let at = 0;
    for (let start = 0; start < lower.length && lower !== '.'; ) {
      this.note(lower.slice(start), HEADER_BYTES + at);
      at += questionBytes[at]! + 1;
      start = labelEnd(lower, start) + 1;
    }
  }

  record(record: DnsRecord): void {
    this.name(record.name, true);
    this.u16(record.type);
    this.u16(CLASS_IN);
    this.u32(record.ttlS);
    const lengthAt = this.at;
    this.u16(0);
    this.data(record);
    this.patch16(lengthAt, this.at - lengthAt - 2);
  }

  /** The EDNS pseudo-record (RFC 6891 section 6.1). */
  opt(opt: ReplyOpt): void {
    this.u8(0);
    this.u16(TYPE.OPT);
    this.u16(opt.udpBytes);
    this.u32((opt.rcode >> 4) * 0x1000000);
    const { subnet } = opt;
    if (!subnet) {
      this.u16(0);
      return;
    }
    this.u16(8 + subnet.address.length);
    this.u16(OPTION_CLIENT_SUBNET);
    this.u16(4 + subnet.address.length);
    this.u16(subnet.family);
    this.u8(subnet.sourceBits);
    this.u8(opt.scopeBits);
    this.raw(subnet.address);
  }

  /** Fills the header in and gives the message, a copy. */
  finish(header: ReplyHeader, counts: readonly [number, number, number, number]): Uint8Array {
    this.patch16(0, header.id);
    this.bytes[2] =
      0x80 |
      (header.authoritative ? 0x04 : 0) |
      (header.truncated ? 0x02 : 0) |
      (header.recursionDesired ? 0x01 : 0);
    this.bytes[3] =
      (header.recursionAvailable ? 0x80 : 0) |
      (header.checkingDisabled ? 0x10 : 0) |
      (header.rcode & 15);
    counts.forEach((count, index) => {
      this.patch16(4 + 2 * index, count);
    });
    return this.bytes.slice(0, this.at);
  }

  private data(record: DnsRecord): void {
    switch (record.type) {
      case TYPE.A:
      case TYPE.AAAA:
        this.raw(record.address);
        break;
      case TYPE.CNAME:
      case TYPE.NS:
      case TYPE.PTR:
        this.name(record.target, true);
        break;
      case TYPE.SRV:
        this.u16(record.priority);
        this.u16(record.weight);
        this.u16(record.port);
        // RFC 2782: the target must not be compressed; names after it may point at it.
        this.name(record.target, false);
        break;
      case TYPE.TXT:
        this.text(record.text);
        break;
      case TYPE.SOA:
        this.name(record.server, true);
        this.name(record.mailbox, true);
        this.u32(record.serial);
        this.u32(record.refreshS);
        this.u32(record.retryS);
        this.u32(record.expireS);
        this.u32(record.minTtlS);
        break;
    }
  }

  private text(text: string): void {
    const bytes = utf8Bytes(text);
    let at = 0;
    do {
      const part = bytes.subarray(at, at + MAX_STRING_BYTES);
      this.u8(part.length);
      this.raw(part);
      at += MAX_STRING_BYTES;
    } while (at < bytes.length);
  }

  /** Throws RangeError for a name that cannot be written: whoever makes records checks their names. */
  private name(name: string, shorten: boolean): void {
    const lower = this.compress ? name.toLowerCase() : name;
    let start = 0;
    while (start < name.length && name !== '.') {
      if (this.compress) {
        const suffix = start === 0 ? lower : lower.slice(start);
        const known = this.suffixes.get(suffix);
        if (known === undefined) this.note(suffix, this.at);
        else if (shorten) {
          this.u16(0xc000 | known);
          return;
        }
      }
      start = this.label(name, start);
    }
    this.u8(0);
  }

  /** Writes the label that starts at `start`; gives where the next one does. */
  private label(name: string, start: number): number {
    const lengthAt = this.at;
    this.u8(0);
    let at = start;
    for (; at < name.length; at++) {
      const code = name.charCodeAt(at);
      if (code === DOT) break;
      if (code === BACKSLASH || code > 0x7f) return this.oddLabel(name, start, lengthAt);
      this.u8(code);
    }
    this.closeLabel(lengthAt, at - start);
    return at + 1;
  }

  /** A label with escapes or beyond ASCII. */
  private oddLabel(name: string, start: number, lengthAt: number): number {
    this.at = Math.min(this.at, lengthAt + 1);
    const end = labelEnd(name, start);
    const bytes = labelToBytes(name.slice(start, end));
    this.raw(bytes);
    this.closeLabel(lengthAt, bytes.length);
    return end + 1;
  }

  private closeLabel(lengthAt: number, length: number): void {
    if (length === 0 || length > MAX_LABEL_BYTES) throw new RangeError('name cannot be written');
    if (lengthAt < this.bytes.length) this.bytes[lengthAt] = length;
  }

  private note(suffix: string, offset: number): void {
    if (offset <= MAX_POINTER && !this.suffixes.has(suffix)) this.suffixes.set(suffix, offset);
  }

  private u8(value: number): void {
    if (this.at >= this.bytes.length) this.overflow = true;
    else this.bytes[this.at++] = value;
  }

  private u16(value: number): void {
    this.u8(value >> 8);
    this.u8(value & 255);
  }

  private u32(value: number): void {
    this.u16(Math.floor(value / 65_536) & 0xffff);
    this.u16(value % 65_536);
  }

  private raw(data: Uint8Array): void {
    if (this.at + data.length > this.bytes.length) {
      this.overflow = true;
      return;
    }
    this.bytes.set(data, this.at);
    this.at += data.length;
  }

  private patch16(at: number, value: number): void {
    if (at + 2 > this.bytes.length) return;
    this.bytes[at] = value >> 8;
    this.bytes[at + 1] = value & 255;
  }
}

/** A buffer that holds the longest message. */
export function messageBuffer(): Uint8Array {
  return new Uint8Array(MAX_MESSAGE_BYTES);
}
