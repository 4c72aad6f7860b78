import { malformed } from './malformed.ts';

/** Codes of the format (the GIF variant: least significant bit first, 8-bit literals). */
const CLEAR = 256;
const END = 257;
const MIN_WIDTH = 9;
const MAX_WIDTH = 12;
const MAX_CODE = (1 << MAX_WIDTH) - 1;

/** Slots of the encoder's table: a power of two, four for each code. */
const SLOTS = 1 << 14;

/**
 * Compresses as serf's peers do. `leadingClear` is whether the clear code comes first, as newer peers
 * write it; both are read.
 */
export function compressLzw(input: Uint8Array, leadingClear = true): Uint8Array {
  return new Encoder(input.length, leadingClear).run(input);
}

class Encoder {
  private readonly slots = new Int32Array(SLOTS).fill(-1);
  private readonly codes = new Uint16Array(SLOTS);
  private output: Uint8Array;
  private length = 0;
  private bits = 0;
  private bitCount = 0;
  private width = MIN_WIDTH;
  /** The code that was implied last. */
  private high = END;
  private overflow = 1 << MIN_WIDTH;

  constructor(inputBytes: number, leadingClear: boolean) {
    this.output = new Uint8Array(inputBytes + 16);
    if (leadingClear) this.emit(CLEAR);
  }

  run(input: Uint8Array): Uint8Array {
    if (input.length > 0) {
      let code = input[0]!;
      for (let at = 1; at < input.length; at++) {
        const key = (code << 8) | input[at]!;
        const slot = this.find(key);
        if (this.slots[slot] === key) {
          code = this.codes[slot]!;
          continue;
        }
        this.emit(code);
        code = input[at]!;
        if (this.step()) {
          this.slots[slot] = key;
          this.codes[slot] = this.high;
        }
      }
      this.emit(code);
      this.step();
    }
    this.emit(END);
    if (this.bitCount > 0) this.push(this.bits & 0xff);
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
    this.slots.fill(-1);
    return false;
  }

  /** Slot of a key, or the free one where it belongs. */
  private find(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    while (this.slots[slot] !== -1 && this.slots[slot] !== key) slot = (slot + 1) & (SLOTS - 1);
    return slot;
  }

  private emit(code: number): void {
    this.bits |= code << this.bitCount;
    this.bitCount += this.width;
    while (this.bitCount >= 8) {
      this.push(this.bits & 0xff);
      this.bits >>>= 8;
      this.bitCount -= 8;
    }
  }

  private push(byte: number): void {
    if (this.length === this.output.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.output);
      this.output = grown;
    }
    this.output[this.length++] = byte;
  }
}

/** Decompresses at most `maxBytes`. Throws MeshError when the input is damaged or gives more. */
export function decompressLzw(input: Uint8Array, maxBytes: number): Uint8Array {
  return new Decoder(input, maxBytes).run();
}

class Decoder {
  private readonly input: Uint8Array;
  private readonly maxBytes: number;
  private readonly suffix = new Uint8Array(MAX_CODE + 1);
  private readonly prefix = new Uint16Array(MAX_CODE + 1);
  private output: Uint8Array;
  private length = 0;
  private at = 0;
  private bits = 0;
  private bitCount = 0;
  private width = MIN_WIDTH;
  private high = END;
  private last = -1;

  constructor(input: Uint8Array, maxBytes: number) {
    this.input = input;
    this.maxBytes = maxBytes;
    this.output = new Uint8Array(Math.min(maxBytes, Math.max(64, input.length * 2)));
  }

  run(): Uint8Array {
    for (;;) {
      const code = this.read();
      if (code === END) return this.output.subarray(0, this.length);
      if (code === CLEAR) {
        this.width = MIN_WIDTH;
        this.high = END;
        this.last = -1;
        continue;
      }
      this.expand(code);
      this.advance(code);
    }
  }

  /** Writes the text of a code and defines the next one: the last text and this one's first byte. */
  private expand(code: number): void {
    const isNext = code === this.high && this.last >= 0;
    if (code > this.high) throw malformed('compressed data with an unknown code');
    let size = isNext ? 1 : 0;
    let first = isNext ? this.last : code;
    while (first > END) {
      first = this.prefix[first]!;
      size++;
    }
    size++;
    this.reserve(size);
    let place = this.length + size - 1;
    let walk = code;
    if (isNext) {
      this.output[place--] = first;
      walk = this.last;
    }
    while (walk > END) {
      this.output[place--] = this.suffix[walk]!;
      walk = this.prefix[walk]!;
    }
    this.output[place] = walk;
    this.length += size;
    if (this.last >= 0) {
      this.suffix[this.high] = first;
      this.prefix[this.high] = this.last;
    }
  }

  private advance(code: number): void {
    this.last = code;
    this.high++;
    if (this.high < 1 << this.width) return;
    if (this.width === MAX_WIDTH) {
      // A full table: nothing is added until the next clear.
      this.last = -1;
      this.high--;
    } else {
      this.width++;
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

  private reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted > this.maxBytes) throw malformed(`more than ${this.maxBytes} bytes decompressed`);
    if (wanted <= this.output.length) return;
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(wanted, this.output.length * 2)));
    grown.set(this.output.subarray(0, this.length));
    this.output = grown;
  }
}
