import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import * as fc from 'fast-check';
import { compressLzw, decompressLzw } from './lzw.ts';

interface Vector {
  readonly name: string;
  readonly inputHex?: string;
  readonly inputLen: number;
  readonly outputLen: number;
  readonly outputSha256: string;
}

const file = join(__dirname, '..', '..', 'testdata', 'lzw-vectors.json');
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

/** The generator that the vectors name. */
function generated(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function inputOf({ name, inputHex, inputLen }: Vector): Uint8Array {
  if (inputHex !== undefined) return new Uint8Array(Buffer.from(inputHex, 'hex'));
  return name.startsWith('lcg') ? generated(inputLen) : new Uint8Array(inputLen);
}

const MAX = 1 << 24;
const fails = (run: () => unknown) => expect(run).toThrow(MeshError);

it.each(vectors.map((vector) => [vector.name, vector] as const))('writes %s', (_, vector) => {
  const input = inputOf(vector);
  const output = compressLzw(input);
  expect(output).toHaveLength(vector.outputLen);
  expect(createHash('sha256').update(output).digest('hex')).toBe(vector.outputSha256);
  expect(Buffer.from(decompressLzw(output, MAX)).equals(Buffer.from(input))).toBe(true);
});

it.each([true, false])('reads what it writes, with a leading clear code: %s', (leadingClear) => {
  const inputs = fc.oneof(
    fc.uint8Array({ maxLength: 9000, size: 'max' }),
    fc
      .array(fc.constantFrom(0, 1), { maxLength: 9000, size: 'max' })
      .map(Uint8Array.from.bind(Uint8Array)),
  );
  fc.assert(
    fc.property(inputs, (input) => {
      const again = decompressLzw(compressLzw(input, leadingClear), input.length);
      expect(Buffer.from(again).equals(Buffer.from(input))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('keeps on with a full table that is not cleared, adding nothing', () => {
  const codes: number[] = [];
  const expected: number[] = [];
  for (let at = 0; at < 5000; at++) {
    codes.push(at & 255);
    expected.push(at & 255);
  }
  // The last code of the table is the 3839th text and the byte behind it.
  codes.push(4095);
  expected.push(3837 & 255, 3838 & 255);
  expect([...decompressLzw(packed([...codes, 257]), MAX)]).toEqual(expected);
});

/** Codes in the widths of a decoder that is never told to clear. */
function packed(codes: readonly number[]): Uint8Array {
  const bits: number[] = [];
  let width = 9;
  codes.forEach((code, at) => {
    for (let bit = 0; bit < width; bit++) bits.push((code >> bit) & 1);
    if (257 + at + 1 >= 1 << width && width < 12) width++;
  });
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => {
    bytes[at >> 3]! |= bit << (at & 7);
  });
  return bytes;
}

it('ignores what comes behind the end', () => {
  const output = compressLzw(Uint8Array.of(1, 2, 3));
  expect([...decompressLzw(Uint8Array.of(...output, 9, 9), MAX)]).toEqual([1, 2, 3]);
});

it('refuses input without its end', () => {
  const output = compressLzw(generated(600));
  for (let length = 0; length < output.length - 1; length += 7) {
    fails(() => decompressLzw(output.subarray(0, length), MAX));
  }
});

it('refuses codes that are not there yet', () => {
  fails(() => decompressLzw(packed([258, 257]), MAX));
  fails(() => decompressLzw(packed([65, 259, 257]), MAX));
  fails(() => decompressLzw(packed([65, 256, 258, 257]), MAX));
  expect([...decompressLzw(packed([65, 258, 257]), MAX)]).toEqual([65, 65, 65]);
});

it('stops a bomb at its limit', () => {
  const bomb = compressLzw(new Uint8Array(1 << 22));
  expect(bomb.length).toBeLessThan(16_384);
  fails(() => decompressLzw(bomb, (1 << 22) - 1));
  expect(decompressLzw(bomb, 1 << 22)).toHaveLength(1 << 22);
});
