import fc from 'fast-check';
import {
  decodeAnswers,
  decodeCalls,
  encodeCall,
  encodeCancel,
  encodeError,
  encodeResult,
} from './call-codec.ts';

const id = fc.maxSafeNat();
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const call = fc.oneof(
  fc.record({
    kind: fc.constant('call' as const),
    id,
    timeoutMs: fc.nat(),
    method: fc.string({ maxLength: 40 }),
    body,
  }),
  fc.record({ kind: fc.constant('cancel' as const), id }),
);
const answer = fc.oneof(
  fc.record({ kind: fc.constant('result' as const), id, body }),
  fc.record({
    kind: fc.constant('error' as const),
    id,
    code: fc.constantFrom('no-leader' as const, 'internal' as const),
    message: fc.string({ unit: 'grapheme', maxLength: 100 }),
  }),
);

type Item<T> = T extends fc.Arbitrary<infer V> ? V : never;

function encode(item: Item<typeof call> | Item<typeof answer>): Buffer {
  switch (item.kind) {
    case 'call':
      return encodeCall(item.id, item.timeoutMs, item.method, item.body);
    case 'cancel':
      return encodeCancel(item.id);
    case 'result':
      return encodeResult(item.id, item.body);
    case 'error':
      return encodeError(item.id, item.code, item.message);
  }
}

describe('the codec of calls', () => {
  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.array(call), fc.array(answer), (calls, answers) => {
        expect(decodeCalls(Buffer.concat(calls.map(encode)))).toEqual(calls);
        expect(decodeAnswers(Buffer.concat(answers.map(encode)))).toEqual(answers);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses or reads 10,000 mutated frames, and throws nothing but MeshErrors', () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(call, answer), { minLength: 1, maxLength: 4 }),
        fc.array(change, { maxLength: 4 }),
        fc.nat(),
        (items, changes, cut) => {
          const whole = Buffer.concat(items.map(encode));
          for (const [at, byte] of changes) whole[at % whole.length] = byte;
          const frame = whole.subarray(0, whole.length - (cut % 3));
          for (const decode of [decodeCalls, decodeAnswers]) {
            try {
              decode(frame);
            } catch (error) {
              expect(error).toMatchObject({ code: 'invalid-argument' });
            }
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('bounds the items of a frame', () => {
    const frame = Buffer.concat(Array(4097).fill(encodeCancel(1)));
    expect(() => decodeCalls(frame)).toThrow(/over 4096 items/);
  });

  it('cuts long error messages', () => {
    const [item] = decodeAnswers(encodeError(1, 'internal', 'x'.repeat(100_000)));
    expect(item).toMatchObject({ kind: 'error', message: 'x'.repeat(4096) });
  });
});
