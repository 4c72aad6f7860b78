import { malformed } from './malformed.ts';
import { plainBytes } from './plain-bytes.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Longest text that is put together character by character, and remembered. */
const SHORT_TEXT = 64;
/** Texts that are remembered, a power of two. */
const TEXTS = 4096;
/** Texts by their hash: names come again and again, and equal ones are to be one. */
const texts = new Array<string>(TEXTS).fill('');
/** Containers within containers; messages here have four. */
const MAX_DEPTH = 16;

/**
 * Reads MessagePack as permissively as serf's peers do: strings and bytes in any of the raw, str and bin forms, any
 * width of integer, nil for anything. Every length is checked against what is there: nothing is
 * allocated from a claim. Throws MeshError `invalid-argument`.
 */
export class MsgpackReader {
  readonly bytes: Uint8Array;
  private lazyView: DataView | undefined = undefined;
  private at: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = plainBytes(bytes);
    this.at = start;
  }

  /** Position of the next byte. */
  get position(): number {
    return this.at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  /** Takes bytes as they are: a part of the input, not a copy. */
  take(count: number): Uint8Array {
    this.need(count);
    const part = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return part;
  }

  /** Pairs of a map; 0 for nil. Throws where there are more than `max`. */
  map(max = Number.POSITIVE_INFINITY): number {
    const tag = this.tag();
    if (tag === 0xc0) return 0;
    let size: number;
    if (tag >= 0x80 && tag <= 0x8f) size = tag & 0x0f;
    else if (tag === 0xde) size = this.uint16();
    else if (tag === 0xdf) size = this.uint32();
    else throw malformed('a map was expected');
    if (size * 2 > this.remaining) throw malformed('a map longer than its message');
    if (size > max) throw malformed(`a map of ${size} pairs, at most ${max}`);
    return size;
  }

  /** Elements of an array; undefined for nil. */
  array(): number | undefined {
    const tag = this.tag();
    if (tag === 0xc0) return undefined;
    let size: number;
    if (tag >= 0x90 && tag <= 0x9f) size = tag & 0x0f;
    else if (tag === 0xdc) size = this.uint16();
    else if (tag === 0xdd) size = this.uint32();
    else throw malformed('an array was expected');
    if (size > this.remaining) throw malformed('an array longer than its message');
    return size;
  }

  /** As `array`, nil as 0; throws where there are more than `max`. */
  count(max: number): number {
    const size = this.array() ?? 0;
    if (size > max) throw malformed(`a list of ${size}, at most ${max}`);
    return size;
  }

  /** Whether an array comes next. */
  isArray(): boolean {
    const tag = this.peek();
    return (tag >= 0x90 && tag <= 0x9f) || tag === 0xdc || tag === 0xdd;
  }

  /** A text; '' for nil. */
  text(): string {
    const tag = this.tag();
    if (tag === 0xc0) return '';
    const size = this.rawSize(tag);
    if (size === undefined) throw malformed('a string was expected');
    this.need(size);
    const start = this.at;
    this.at += size;
    return textOf(this.bytes, start, this.at);
  }

  /** Passes over these bytes if they come next. */
  skipBytes(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    // Beyond the end is no byte, which equals none.
    for (let index = 0; index < expected.length; index++) {
      if (bytes[at + index] !== expected[index]) return false;
    }
    this.at += expected.length;
    return true;
  }

  /** Bytes, a part of the input; undefined for nil. */
  raw(): Uint8Array | undefined {
    const tag = this.tag();
    if (tag === 0xc0) return undefined;
    const size = this.rawSize(tag);
    if (size === undefined) throw malformed('a string was expected');
    return this.take(size);
  }

  /** Bytes, a copy that may outlive the input; undefined for nil. */
  rawCopy(): Uint8Array | undefined {
    const part = this.raw();
    return part && new Uint8Array(part);
  }

  /** An integer of at least 0 and at most `max`; 0 for nil. */
  uint(max: number): number {
    const value = this.int();
    if (value < 0 || value > max) throw malformed(`the number ${value}, at most ${max}`);
    return value;
  }

  /** An integer that a double holds exactly; 0 for nil. */
  int(): number {
    const tag = this.tag();
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    switch (tag) {
      case 0xc0:
        return 0;
      case 0xcc:
        return this.take(1)[0]!;
      case 0xcd:
        return this.uint16();
      case 0xce:
        return this.uint32();
      case 0xcf:
      case 0xd3:
        return this.int64(tag === 0xd3);
      case 0xd0:
        return (this.take(1)[0]! << 24) >> 24;
      case 0xd1:
        return (this.uint16() << 16) >> 16;
      case 0xd2:
        return this.uint32() | 0;
      default:
        throw malformed('a whole number was expected');
    }
  }

  /** A number; 0 for nil. */
  float(): number {
    const tag = this.peek();
    if (tag === 0xcb) {
      this.need(9);
      this.at += 9;
      return this.view.getFloat64(this.at - 8);
    }
    if (tag === 0xca) {
      this.need(5);
      this.at += 5;
      return this.view.getFloat32(this.at - 4);
    }
    return this.int();
  }

  /** A truth value, also as 0 or 1; false for nil. */
  bool(): boolean {
    const tag = this.tag();
    if (tag === 0xc3 || tag === 1) return true;
    if (tag === 0xc2 || tag === 0xc0 || tag === 0) return false;
    throw malformed('a truth value was expected');
  }

  /** Whether nil comes next; takes it then. */
  skipNil(): boolean {
    if (this.peek() !== 0xc0) return false;
    this.at++;
    return true;
  }

  /** Passes over a value of any kind. */
  skip(depth = 0): void {
    if (depth > MAX_DEPTH) throw malformed('values nested too deeply');
    const tag = this.peek();
    if ((tag >= 0x80 && tag <= 0x8f) || tag === 0xde || tag === 0xdf) {
      for (let left = this.map() * 2; left > 0; left--) this.skip(depth + 1);
    } else if ((tag >= 0x90 && tag <= 0x9f) || tag === 0xdc || tag === 0xdd) {
      for (let left = this.array() ?? 0; left > 0; left--) this.skip(depth + 1);
    } else {
      this.skipScalar();
    }
  }

  private skipScalar(): void {
    const tag = this.tag();
    if (tag < 0x80 || tag >= 0xe0 || tag === 0xc0 || tag === 0xc2 || tag === 0xc3) return;
    const raw = this.rawSize(tag);
    if (raw !== undefined) {
      this.take(raw);
      return;
    }
    const width = SCALAR_WIDTH[tag];
    if (width === undefined) throw malformed(`the tag 0x${tag.toString(16)}`);
    this.take(width);
  }

  private rawSize(tag: number): number | undefined {
    if (tag >= 0xa0 && tag <= 0xbf) return tag & 0x1f;
    if (tag === 0xd9 || tag === 0xc4) return this.take(1)[0]!;
    if (tag === 0xda || tag === 0xc5) return this.uint16();
    if (tag === 0xdb || tag === 0xc6) return this.uint32();
    return undefined;
  }

  private int64(isSigned: boolean): number {
    this.need(8);
    const high = isSigned ? this.view.getInt32(this.at) : this.view.getUint32(this.at);
    const value = high * 0x1_0000_0000 + this.view.getUint32(this.at + 4);
    this.at += 8;
    if (!Number.isSafeInteger(value)) throw malformed('a number beyond 2^53');
    return value;
  }

  private uint16(): number {
    this.need(2);
    this.at += 2;
    return (this.bytes[this.at - 2]! << 8) | this.bytes[this.at - 1]!;
  }

  private uint32(): number {
    this.need(4);
    this.at += 4;
    return this.view.getUint32(this.at - 4);
  }

  /** Most messages have no number that needs it. */
  private get view(): DataView {
    const { buffer, byteOffset, length } = this.bytes;
    this.lazyView ??= new DataView(buffer, byteOffset, length);
    return this.lazyView;
  }

  private tag(): number {
    this.need(1);
    return this.bytes[this.at++]!;
  }

  private peek(): number {
    this.need(1);
    return this.bytes[this.at]!;
  }

  private need(count: number): void {
    if (count > this.remaining) throw malformed('it ends too early');
  }
}

/** Bytes behind the tag of numbers and extensions, which are passed over alone. */
const SCALAR_WIDTH: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
  212: 2,
  213: 3,
  214: 5,
  215: 9,
  216: 17,
};

function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT) return decoded(bytes.subarray(start, end));
  let hash = end - start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return decoded(bytes.subarray(start, end));
    // FNV-1a.
    hash = Math.imul(hash ^ byte, 0x0100_0193);
  }
  const place = (hash ^ (hash >>> 15)) & (TEXTS - 1);
  const known = texts[place]!;
  if (isText(known, bytes, start, end)) return known;
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  texts[place] = text;
  return text;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at - start) !== bytes[at]) return false;
  }
  return true;
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed('a text that is no UTF-8', cause);
  }
}
