import { malformed } from './malformed.ts';

/** Codes of the format (the GIF variant: least significant bit first, 8-bit literals). */
const CLEAR = 256;
const END = 257;
const MIN_WIDTH = 9;
const MAX_WIDTH = 12;
const MAX_CODE = (1 << MAX_WIDTH) - 1;

/** By itself: looking up globals in the inner loop is slow where they are not the engine's own, as in test runners. */
const { imul } = Math;

/** Slots of the encoder's table: a power of two, four for each code. */
const SLOTS = 1 << 14;
/** What is shorter is copied byte by byte: a call costs more. */
const LONG_RUN = 24;

/**
 * Tables, each for whoever runs: nothing here yields, and they are too large to make anew for every packet. The
 * encoder's has `prefix code, byte, code` in 12, 8 and 12 bits, 0 where it is free; the decoder's where in the output a
 * code's text stands, and how long it is.
 */
const slots = new Uint32Array(SLOTS);
const starts = new Uint32Array(MAX_CODE + 1);
const sizes = new Uint16Array(MAX_CODE + 1);

/**
 * Compresses as serf's peers do. `leadingClear` is whether the clear code comes first, as newer peers
 * write it; both are read.
 */
export function compressLzw(input: Uint8Array, leadingClear = true): Uint8Array {
  return new Encoder(input.length, leadingClear).run(input);
}

class Encoder {
  private output: Uint8Array;
  private length = 0;
  private bits = 0;
  private bitCount = 0;
  private width = MIN_WIDTH;
  /** The code that was implied last. */
  private high = END;
  private overflow = 1 << MIN_WIDTH;

  constructor(inputBytes: number, leadingClear: boolean) {
    slots.fill(0);
    // No input grows by more than half.
    this.output = new Uint8Array(inputBytes + (inputBytes >> 1) + 16);
    if (leadingClear) this.emit(CLEAR);
  }

  run(input: Uint8Array): Uint8Array {
    if (input.length > 0) {
      let code = input[0]!;
      for (let at = 1; at < input.length; at++) {
        const byte = input[at]!;
        const key = (code << 8) | byte;
        let slot = imul(key, 0x9e3779b1) >>> 18;
        while (slots[slot] !== 0 && slots[slot]! >>> 12 !== key) slot = (slot + 1) & (SLOTS - 1);
        if (slots[slot] !== 0) {
          code = slots[slot]! & MAX_CODE;
          continue;
        }
        this.emit(code);
        code = byte;
        if (this.step()) slots[slot] = (key << 12) | this.high;
      }
      this.emit(code);
      this.step();
    }
    this.emit(END);
    if (this.bitCount > 0) this.output[this.length++] = this.bits & 0xff;
    return this.output.subarray(0, this.length);
  }

  /** Counts a code; false when the table was full and begins anew. */
  private step(): boolean {
    this.high++;
    if (this.high === this.overflow) {
      this.width++;
      this.overflow *= 2;
    }
    if (this.high !== MAX_CODE) return true;
    this.emit(CLEAR);
    this.width = MIN_WIDTH;
    this.high = END;
    this.overflow = 1 << MIN_WIDTH;
    slots.fill(0);
    return false;
  }

  private emit(code: number): void {
    this.bits |= code << this.bitCount;
    this.bitCount += this.width;
    while (this.bitCount >= 8) {
      this.output[this.length++] = this.bits & 0xff;
      this.bits >>>= 8;
      this.bitCount -= 8;
    }
  }
}

/** Decompresses at most `maxBytes`. Throws MeshError when the input is damaged or gives more. */
export function decompressLzw(input: Uint8Array, maxBytes: number): Uint8Array {
  return new Decoder(input, maxBytes).run();
}

/**
 * A new code's text is the last text and the byte behind it, which is the first of what follows: in the output it
 * already stands in one piece. So the table holds places in the output, and a bomb costs no more than copying.
 */
class Decoder {
  private readonly input: Uint8Array;
  private readonly maxBytes: number;
  private output: Uint8Array;
  private length = 0;
  private at = 0;
  private bits = 0;
  private bitCount = 0;
  private width = MIN_WIDTH;
  /** The code that the next text defines. */
  private high = END;
  /** Length of the text before, which ends where the output does; 0 after a clear or with a full table. */
  private lastSize = 0;

  constructor(input: Uint8Array, maxBytes: number) {
    this.input = input;
    this.maxBytes = maxBytes;
    this.output = new Uint8Array(Math.min(maxBytes, input.length * 3 + 64));
  }

  run(): Uint8Array {
    for (;;) {
      const code = this.read();
      if (code === END) return this.output.subarray(0, this.length);
      if (code === CLEAR) {
        this.width = MIN_WIDTH;
        this.high = END;
        this.lastSize = 0;
      } else {
        this.expand(code);
      }
    }
  }

  /** Writes the text of a code, and defines the next code. */
  private expand(code: number): void {
    if (code > this.high) throw malformed('compressed data with an unknown code');
    const { lastSize } = this;
    if (lastSize > 0) {
      starts[this.high] = this.length - lastSize;
      sizes[this.high] = lastSize + 1;
    }
    const size = code < CLEAR ? 1 : sizes[code]!;
    if (this.length + size > this.output.length) this.grow(this.length + size);
    if (code < CLEAR) this.output[this.length++] = code;
    else this.copy(starts[code]!, size);
    this.advance(size);
  }

  /** Also where the text runs into the place it is copied to: by its last byte, and no further. */
  private copy(from: number, size: number): void {
    const { output, length } = this;
    if (size < LONG_RUN) {
      for (let at = 0; at < size; at++) output[length + at] = output[from + at]!;
    } else {
      output.copyWithin(length, from, from + size - 1);
      output[length + size - 1] = output[from + size - 1]!;
    }
    this.length = length + size;
  }

  private advance(size: number): void {
    this.lastSize = size;
    this.high++;
    if (this.high < 1 << this.width) return;
    if (this.width < MAX_WIDTH) {
      this.width++;
    } else {
      // A full table: nothing is added until the next clear.
      this.lastSize = 0;
      this.high--;
    }
  }

  private read(): number {
    while (this.bitCount < this.width) {
      if (this.at === this.input.length) throw malformed('compressed data without its end');
      this.bits |= this.input[this.at++]! << this.bitCount;
      this.bitCount += 8;
    }
    const code = this.bits & ((1 << this.width) - 1);
    this.bits >>>= this.width;
    this.bitCount -= this.width;
    return code;
  }

  private grow(wanted: number): void {
    if (wanted > this.maxBytes) throw malformed(`more than ${this.maxBytes} bytes decompressed`);
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(wanted, this.output.length * 2)));
    grown.set(this.output.subarray(0, this.length));
    this.output = grown;
  }
}
