import fc from 'fast-check';
import { decodeBody, encodeBody, MAX_REQUEST_VALUES } from './plain-data.ts';

const decode = (bytes: Buffer) => decodeBody(bytes, MAX_REQUEST_VALUES);

/** What a body may be. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.string({ maxLength: 40 }), tie('value'), {
      maxKeys: 20,
      noNullPrototype: true,
    }),
  ),
}));

/** Views of other memory as plain bytes; -0 as what it equals; a key that msgpackr renames left out. */
function plain(given: unknown): unknown {
  if (given instanceof Uint8Array) return ['bytes', ...given];
  if (Array.isArray(given)) return given.map(plain);
  if (typeof given !== 'object' || given === null) return given === 0 ? 0 : given;
  const entries = Object.entries(given).filter(([key]) => !key.startsWith('__proto_'));
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
}

describe('bodies', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(value, (body) => {
        expect(plain(decode(encodeBody(body)))).toEqual(plain(body));
      }),
      { numRuns: 1000 },
    );
  });

  it('that are random or mutated bytes are refused with nothing but MeshErrors', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    const mutated = fc.tuple(value, fc.array(change, { maxLength: 4 })).map(([body, changes]) => {
      const bytes = Buffer.from(encodeBody(body));
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes;
    });
    const random = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, random), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-argument' });
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['nothing', []],
    ['two values', [1, 2]],
    ['an array of four thousand million', [0xdd, 255, 255, 255, 255]],
    ['an array of arrays of sixteen million', [0xdd, 1, 0, 0, 0, 0xdd, 1, 0, 0, 0]],
    ['a map of two thousand million', [0xdf, 127, 255, 255, 255]],
    ['a string that is not there', [0xdb, 127, 255, 255, 255, 65]],
    ['bytes that are not there', [0xc6, 0, 0, 0, 2, 65]],
    ['a date', [0xd6, 0xff, 0, 0, 0, 1]],
    ['an error object', [0xc7, 1, 0x65, 0xc0]],
    ['a record definition', [0xd4, 0x72, 0x40]],
    ['half a double', [0xcb, 0, 0]],
    ['a deep nest', Array(1000).fill(0x91)],
  ])('that are %s are refused', (_what, bytes) => {
    expect(() => decode(Buffer.from(bytes as number[]))).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  it('have a bounded number of values', () => {
    const body = encodeBody(Array(50).fill(Array(50).fill(1)));
    expect(decodeBody(body, 2550)).toHaveLength(50);
    expect(() => decodeBody(body, 2549)).toThrow(/too many values/);
  });

  it('do not keep the frame that they came in', () => {
    const frame = Buffer.alloc(1000);
    const bytes = encodeBody({ value: Uint8Array.of(1, 2, 3) });
    bytes.copy(frame, 100);
    const body = decode(frame.subarray(100, 100 + bytes.length)) as { value: Uint8Array };
    frame.fill(0);
    expect([...body.value]).toEqual([1, 2, 3]);
  });
});
