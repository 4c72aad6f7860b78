/** Whole numbers, uniform in [0, below): xorshift32, so that a seed plays the same everywhere. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  }

  roll(below: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % below;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)]!;
  }
}

/** Bytes that mean much: tags with lengths, message types, bounds of integers. */
const TELLING = [
  ...[0x00, 0x01, 0x06, 0x07, 0x08, 0x09, 0x0c, 0x0d, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f],
  ...[0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xca, 0xcb, 0xcc, 0xcd],
  ...[0xce, 0xcf, 0xd0, 0xd2, 0xd3, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xe0, 0xff],
];

type Mutation = (bytes: Uint8Array, dice: Dice, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  (bytes, dice) => changed(bytes, dice, (byte) => byte ^ (1 << dice.roll(8))),
  (bytes, dice) => changed(bytes, dice, () => dice.roll(256)),
  (bytes, dice) => changed(bytes, dice, () => dice.pick(TELLING)),
  (bytes, dice) => changed(bytes, dice, (byte) => byte + dice.pick([1, 255, 16, 128])),
  // Cut short, one taken out, one put in.
  (bytes, dice) => bytes.subarray(0, dice.roll(bytes.length + 1)),
  (bytes, dice) => replaced(bytes, dice.roll(bytes.length + 1), 1 + dice.roll(4), []),
  (bytes, dice) => replaced(bytes, dice.roll(bytes.length + 1), 0, [dice.pick(TELLING)]),
  // A huge claim of a length.
  (bytes, dice) => replaced(bytes, dice.roll(bytes.length + 1), 1, claim(dice)),
  // A piece twice, or of another one.
  (bytes, dice) => spliced(bytes, dice, bytes),
  (bytes, dice, other) => spliced(bytes, dice, other),
];

/** The bytes with one to four changes. `other` gives parts. The input is not changed. */
export function mutate(bytes: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let left = 1 + dice.roll(4); left > 0; left--) {
    mutated = dice.pick(MUTATIONS)(mutated, dice, other);
  }
  return mutated;
}

/** MessagePack of no meaning whatever, up to `depth` containers deep. */
export function anyValue(dice: Dice, depth: number): number[] {
  const kind = dice.roll(depth > 0 ? 8 : 5);
  if (kind === 0) return [dice.roll(256)];
  if (kind === 1) return [0xc0];
  if (kind === 2) return [0xcf, ...Array.from({ length: 8 }, () => dice.roll(256))];
  if (kind === 3) return [0xcb, ...Array.from({ length: 8 }, () => dice.roll(256))];
  const size = dice.roll(6);
  if (kind === 4) return [0xa0 | size, ...Array.from({ length: size }, () => dice.roll(128))];
  if (kind === 5) return claim(dice);
  const isMap = kind === 6;
  const values = Array.from({ length: isMap ? size * 2 : size }, () => anyValue(dice, depth - 1));
  return [(isMap ? 0x80 : 0x90) | size, ...values.flat()];
}

function claim(dice: Dice): number[] {
  const tag = dice.pick([0xda, 0xdb, 0xc5, 0xc6, 0xdc, 0xdd, 0xde, 0xdf]);
  const size = Array.from({ length: tag % 2 === 0 ? 2 : 4 }, () => dice.pick([0, 0xff, 0x7f, 1]));
  return [tag, ...size];
}

function changed(bytes: Uint8Array, dice: Dice, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const copy = new Uint8Array(bytes);
  const at = dice.roll(copy.length);
  copy[at] = change(copy[at]!);
  return copy;
}

function replaced(bytes: Uint8Array, at: number, count: number, by: ArrayLike<number>): Uint8Array {
  const rest = bytes.subarray(at + count);
  const whole = new Uint8Array(at + by.length + rest.length);
  whole.set(bytes.subarray(0, at));
  whole.set(by, at);
  whole.set(rest, at + by.length);
  return whole;
}

function spliced(bytes: Uint8Array, dice: Dice, from: Uint8Array): Uint8Array {
  const start = dice.roll(from.length + 1);
  const piece = from.subarray(start, start + dice.roll(64));
  return replaced(bytes, dice.roll(bytes.length + 1), dice.roll(64), piece);
}
