import { assert } from '@mesh/base';

const encoder = new TextEncoder();
/** Longest text that is copied character by character: faster than the encoder's call for names. */
const SHORT_TEXT = 64;
/** Messages that fit are written into one buffer, time after time; what a packet carries always does. */
const SPARE_BYTES = 2048;

interface Buffer {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Free for the next writer; undefined while one has it. A writer that throws takes it along. */
let spare: Buffer | undefined;

/**
 * Writes MessagePack in the old dialect that serf's peers speak: strings and bytes alike are `raw` (never str8,
 * never bin), integers in their smallest form, floats always 64 bits.
 */
export class MsgpackWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private length = 0;

  constructor(sizeHint = 256) {
    const buffer = sizeHint <= SPARE_BYTES && spare ? spare : createBuffer(sizeHint);
    if (buffer === spare) spare = undefined;
    this.bytes = buffer.bytes;
    this.view = buffer.view;
  }

  /** What was written so far; the writer must not be used after. */
  finish(): Uint8Array {
    const { bytes, view } = this;
    if (bytes.length !== SPARE_BYTES) return bytes.subarray(0, this.length);
    spare = { bytes, view };
    return bytes.slice(0, this.length);
  }

  /** A byte as it is. */
  byte(value: number): this {
    this.reserve(1);
    this.bytes[this.length++] = value;
    return this;
  }

  /** Bytes as they are. */
  append(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  nil(): this {
    return this.byte(0xc0);
  }

  bool(value: boolean): this {
    return this.byte(value ? 0xc3 : 0xc2);
  }

  map(size: number): this {
    return this.header(size, 0x80, 16, 0xde);
  }

  array(size: number): this {
    return this.header(size, 0x90, 16, 0xdc);
  }

  /** An integer between -2^53 and 2^53. */
  int(value: number): this {
    assert(Number.isSafeInteger(value), 'an integer of the wire');
    this.reserve(9);
    if (value >= 0) this.unsigned(value);
    else this.negative(value);
    return this;
  }

  float(value: number): this {
    this.reserve(9);
    this.bytes[this.length] = 0xcb;
    this.view.setFloat64(this.length + 1, value);
    this.length += 9;
    return this;
  }

  text(value: string): this {
    if (value.length > SHORT_TEXT || !this.ascii(value)) this.raw(encoder.encode(value));
    return this;
  }

  /** Bytes; undefined is nil. */
  raw(bytes: Uint8Array | undefined): this {
    if (!bytes) return this.nil();
    this.rawHeader(bytes.length);
    return this.append(bytes);
  }

  private ascii(value: string): boolean {
    const size = value.length;
    this.reserve(size + 3);
    const start = this.length;
    this.rawHeader(size);
    for (let at = 0; at < size; at++) {
      const code = value.charCodeAt(at);
      if (code > 0x7f) {
        this.length = start;
        return false;
      }
      this.bytes[this.length + at] = code;
    }
    this.length += size;
    return true;
  }

  private rawHeader(size: number): void {
    this.header(size, 0xa0, 32, 0xda);
  }

  /** A fixed form below `fixed`, then 16 and 32 bits of length. */
  private header(size: number, tag: number, fixed: number, wide: number): this {
    this.reserve(5);
    if (size < fixed) {
      this.bytes[this.length++] = tag | size;
    } else if (size < 0x10000) {
      this.bytes[this.length] = wide;
      this.view.setUint16(this.length + 1, size);
      this.length += 3;
    } else {
      this.bytes[this.length] = wide + 1;
      this.view.setUint32(this.length + 1, size);
      this.length += 5;
    }
    return this;
  }

  private unsigned(value: number): void {
    if (value < 0x80) {
      this.bytes[this.length++] = value;
    } else if (value < 0x100) {
      this.bytes[this.length++] = 0xcc;
      this.bytes[this.length++] = value;
    } else if (value < 0x10000) {
      this.bytes[this.length] = 0xcd;
      this.view.setUint16(this.length + 1, value);
      this.length += 3;
    } else if (value < 0x1_0000_0000) {
      this.bytes[this.length] = 0xce;
      this.view.setUint32(this.length + 1, value);
      this.length += 5;
    } else {
      this.bytes[this.length] = 0xcf;
      this.view.setUint32(this.length + 1, Math.floor(value / 0x1_0000_0000));
      this.view.setUint32(this.length + 5, value >>> 0);
      this.length += 9;
    }
  }

  private negative(value: number): void {
    if (value >= -32) {
      this.bytes[this.length++] = value & 0xff;
    } else if (value >= -0x80) {
      this.bytes[this.length++] = 0xd0;
      this.bytes[this.length++] = value & 0xff;
    } else if (value >= -0x8000) {
      this.bytes[this.length] = 0xd1;
      this.view.setInt16(this.length + 1, value);
      this.length += 3;
    } else if (value >= -0x8000_0000) {
      this.bytes[this.length] = 0xd2;
      this.view.setInt32(this.length + 1, value);
      this.length += 5;
    } else {
      this.bytes[this.length] = 0xd3;
      this.view.setInt32(this.length + 1, Math.floor(value / 0x1_0000_0000));
      this.view.setUint32(this.length + 5, value >>> 0);
      this.length += 9;
    }
  }

  private reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(wanted, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

function createBuffer(sizeHint: number): Buffer {
  const bytes = new Uint8Array(Math.max(SPARE_BYTES, sizeHint));
  return { bytes, view: new DataView(bytes.buffer) };
}
