import { assert } from '@mesh/base';

/** Most bytes a whole number takes. */
export const MAX_WHOLE_BYTES = 8;

const TWO_TO_28 = 2 ** 28;

/** Most bytes a text takes, its length included. */
export function textBound(text: string): number {
  return MAX_WHOLE_BYTES + text.length * 3;
}

/** Writes fields into a buffer whose size the caller has estimated from above. */
export class ByteWriter {
  private readonly buffer: Buffer;
  private offset = 0;

  /** Estimates above the truth cost nothing but memory until the frame is sent. */
  constructor(boundBytes: number) {
    this.buffer = Buffer.allocUnsafe(boundBytes);
  }

  byte(value: number): void {
    this.buffer[this.offset++] = value;
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, low bits first. */
  whole(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, `not a whole number to send: ${value}`);
    const { buffer } = this;
    let rest = value;
    while (rest >= TWO_TO_28) {
      buffer[this.offset++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      buffer[this.offset++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buffer[this.offset++] = rest;
  }

  /** IEEE 754 double, 8 bytes, little-endian. */
  double(value: number): void {
    this.offset = this.buffer.writeDoubleLE(value, this.offset);
  }

  text(value: string): void {
    const bytes = Buffer.byteLength(value);
    this.whole(bytes);
    this.offset += this.buffer.write(value, this.offset, bytes);
  }

  blob(value: Uint8Array): void {
    this.whole(value.length);
    this.buffer.set(value, this.offset);
    this.offset += value.length;
  }

  /** What has been written. The writer is not used any more. */
  finish(): Buffer {
    return this.buffer.subarray(0, this.offset);
  }
}
