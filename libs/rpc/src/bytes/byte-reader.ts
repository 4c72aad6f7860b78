import { invalid, type MeshError } from '@mesh/base';

/** What reading throws when a frame is not what its sender should have written. */
export function malformed(what: string): MeshError {
  return invalid(`malformed frame: ${what}`);
}

/** Reads what ByteWriter wrote. Every method throws MeshError `invalid-argument` on anything else. */
export class ByteReader {
  private readonly buffer: Buffer;
  private offset = 0;

  constructor(frame: Buffer) {
    this.buffer = frame;
  }

  get done(): boolean {
    return this.offset >= this.buffer.length;
  }

  byte(): number {
    const value = this.buffer[this.offset];
    if (value === undefined) throw malformed('it ends too soon');
    this.offset += 1;
    return value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(): number {
    const { buffer } = this;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count += 1) {
      const next = buffer[this.offset];
      if (next === undefined) throw malformed('it ends too soon');
      this.offset += 1;
      value += (next & 127) * scale;
      if (next < 128) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      scale *= 128;
    }
    throw malformed('a number is over 2^53');
  }

  double(): number {
    if (this.offset + 8 > this.buffer.length) throw malformed('it ends too soon');
    const value = this.buffer.readDoubleLE(this.offset);
    this.offset += 8;
    return value;
  }

  text(maxBytes: number): string {
    const end = this.endOf(maxBytes, 'text');
    const text = this.buffer.toString('utf8', this.offset, end);
    this.offset = end;
    return text;
  }

  /** A view of the frame's memory, not a copy. */
  blob(maxBytes: number): Buffer {
    const end = this.endOf(maxBytes, 'value');
    const bytes = this.buffer.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  private endOf(maxBytes: number, what: string): number {
    const bytes = this.whole();
    if (bytes > maxBytes) throw malformed(`a ${what} of ${bytes} bytes, at most ${maxBytes}`);
    const end = this.offset + bytes;
    if (end > this.buffer.length) throw malformed('it ends too soon');
    return end;
  }
}
