import { invalid, type MeshError } from '@mesh/base';

/** Bytes of the length behind a type code, for texts and binaries of both specs. */
const BYTES_LENGTH: Readonly<Record<number, number>> = {
  ...{ 196: 1, 197: 2, 198: 4 },
  ...{ 217: 1, 218: 2, 219: 4 },
};
/** Type codes of unsigned numbers, with their size in bytes. */
const UNSIGNED_SIZE: Readonly<Record<number, number>> = { 204: 1, 205: 2, 206: 4, 207: 8 };
/** Types of a fixed size that are skipped only, with the bytes behind the type code. */
const FIXED_SIZE: Readonly<Record<number, number>> = {
  ...{ 194: 0, 195: 0, 202: 4, 203: 8 },
  ...{ 208: 1, 209: 2, 210: 4, 211: 8 },
  ...{ 212: 2, 213: 3, 214: 5, 215: 9, 216: 17 },
};
/** Extensions with a length, and the bytes of it. */
const EXTENSION_LENGTH: Readonly<Record<number, number>> = { 199: 1, 200: 2, 201: 4 };
const NIL = 0xc0;

/**
 * Reads the MessagePack of an event, old spec and new: texts and binaries are the same, nil stands for
 * the empty value of anything. Time grows with the input's bytes and no faster, whatever sizes it
 * claims. All methods throw `invalid-argument` where the input is something else or ends.
 */
export class EventReader {
  private at = 0;
  private readonly input: Uint8Array;

  constructor(input: Uint8Array) {
    // A copy: what is kept of it must not keep a whole network buffer.
    this.input = new Uint8Array(input);
  }

  /** Pairs of the map that comes next. */
  mapSize(): number {
    const code = this.byte();
    if (code === NIL) return 0;
    if (code >= 0x80 && code <= 0x8f) return code & 0x0f;
    if (code === 0xde) return this.number(2);
    if (code === 0xdf) return this.number(4);
    throw malformed();
  }

  /** A text or binary. */
  bytes(): Uint8Array {
    const code = this.byte();
    if (code === NIL) return new Uint8Array(0);
    if (code >= 0xa0 && code <= 0xbf) return this.take(code & 0x1f);
    const lengthBytes = BYTES_LENGTH[code];
    if (lengthBytes === undefined) throw malformed();
    return this.take(this.number(lengthBytes));
  }

  /** A whole number from 0 to 2^53. */
  whole(): number {
    const code = this.byte();
    if (code === NIL) return 0;
    if (code <= 0x7f) return code;
    const size = UNSIGNED_SIZE[code];
    if (size === undefined) throw malformed();
    const value = this.number(size);
    if (!Number.isSafeInteger(value)) throw malformed();
    return value;
  }

  /** Passes over one value of any type, with all that it holds. */
  skip(): void {
    // Each turn takes a byte at least, so a huge claimed size runs out of input first.
    for (let left = 1; left > 0; left--) left += this.skipOne();
  }

  /** Passes over a value; how many further ones it holds. */
  private skipOne(): number {
    const code = this.byte();
    if (code <= 0x7f || code >= 0xe0 || code === NIL) return 0;
    if (code <= 0x8f) return 2 * (code & 0x0f);
    if (code <= 0x9f) return code & 0x0f;
    if (code <= 0xbf) return this.pass(code & 0x1f);
    if (code === 0xdc || code === 0xdd) return this.number(code === 0xdc ? 2 : 4);
    if (code === 0xde || code === 0xdf) return 2 * this.number(code === 0xde ? 2 : 4);
    const fixed = FIXED_SIZE[code] ?? UNSIGNED_SIZE[code];
    if (fixed !== undefined) return this.pass(fixed);
    const ofBytes = BYTES_LENGTH[code];
    if (ofBytes !== undefined) return this.pass(this.number(ofBytes));
    const ofExtension = EXTENSION_LENGTH[code];
    if (ofExtension !== undefined) return this.pass(this.number(ofExtension) + 1);
    throw malformed();
  }

  private pass(count: number): 0 {
    this.take(count);
    return 0;
  }

  private byte(): number {
    return this.take(1)[0]!;
  }

  private number(size: number): number {
    return this.take(size).reduce((value, byte) => value * 256 + byte, 0);
  }

  private take(count: number): Uint8Array {
    if (count > this.input.length - this.at) throw malformed();
    this.at += count;
    return this.input.slice(this.at - count, this.at);
  }
}

function malformed(): MeshError {
  return invalid('an event that is no MessagePack of the expected form');
}
