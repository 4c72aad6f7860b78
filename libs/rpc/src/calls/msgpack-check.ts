import { malformed } from '../bytes/byte-reader.ts';

/** Deepest nesting of arrays and maps. */
const MAX_DEPTH = 64;

/**
 * Makes sure that bytes are one MessagePack value before a decoder sees them. Decoders allocate
 * what a length field asks for; here lengths are compared with what is there, nothing is allocated,
 * and nesting and the number of values are bounded. The only extension is msgpackr's for undefined.
 *
 * @throws MeshError `invalid-argument`
 */
export function checkMsgpack(bytes: Buffer, maxValues: number): void {
  const end = new Walk(bytes, maxValues).value(0, 0);
  if (end !== bytes.length) throw malformed('bytes after the value');
}

/** One pass over the value's types and lengths. */
class Walk {
  private readonly bytes: Buffer;
  private valuesLeft: number;

  constructor(bytes: Buffer, maxValues: number) {
    this.bytes = bytes;
    this.valuesLeft = maxValues;
  }

  /** Checks the value that starts at `at`; returns where it ends. */
  value(at: number, depth: number): number {
    const type = this.bytes[at];
    if (type === undefined) throw malformed('it ends too soon');
    if (type < 0x80 || type >= 0xe0) return at + 1;
    if (type < 0x90) return this.items(at + 1, (type & 15) * 2, depth);
    if (type < 0xa0) return this.items(at + 1, type & 15, depth);
    if (type < 0xc0) return this.skip(at + 1, type & 31);
    switch (type) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return at + 1;
      case 0xc4: // bin 8
      case 0xd9: // str 8
        return this.skip(at + 2, this.length(at + 1, 1));
      case 0xc5: // bin 16
      case 0xda: // str 16
        return this.skip(at + 3, this.length(at + 1, 2));
      case 0xc6: // bin 32
      case 0xdb: // str 32
        return this.skip(at + 5, this.length(at + 1, 4));
      case 0xcc: // uint 8
      case 0xd0: // int 8
        return this.skip(at + 1, 1);
      case 0xcd: // uint 16
      case 0xd1: // int 16
        return this.skip(at + 1, 2);
      case 0xca: // float 32
      case 0xce: // uint 32
      case 0xd2: // int 32
        return this.skip(at + 1, 4);
      case 0xcb: // float 64
      case 0xcf: // uint 64
      case 0xd3: // int 64
        return this.skip(at + 1, 8);
      case 0xd4: // fixext 1: type 0 is undefined
        if (this.bytes[at + 1] !== 0) throw malformed('an extension');
        return this.skip(at + 2, 1);
      case 0xdc: // array 16
        return this.items(at + 3, this.length(at + 1, 2), depth);
      case 0xdd: // array 32
        return this.items(at + 5, this.length(at + 1, 4), depth);
      case 0xde: // map 16
        return this.items(at + 3, this.length(at + 1, 2) * 2, depth);
      case 0xdf: // map 32
        return this.items(at + 5, this.length(at + 1, 4) * 2, depth);
      default:
        throw malformed('an extension');
    }
  }

  private items(at: number, count: number, depth: number): number {
    if (depth >= MAX_DEPTH) throw malformed(`nested more than ${MAX_DEPTH} deep`);
    // Each item is a byte at least, so a count that cannot be true ends here.
    if (count > this.bytes.length - at) throw malformed('it ends too soon');
    this.valuesLeft -= count;
    if (this.valuesLeft < 0) throw malformed('too many values');
    let next = at;
    for (let left = count; left > 0; left -= 1) next = this.value(next, depth + 1);
    return next;
  }

  private skip(at: number, count: number): number {
    const end = at + count;
    if (end > this.bytes.length) throw malformed('it ends too soon');
    return end;
  }

  private length(at: number, width: 1 | 2 | 4): number {
    if (at + width > this.bytes.length) throw malformed('it ends too soon');
    return this.bytes.readUIntBE(at, width);
  }
}
