import fc from 'fast-check';
import { sameValue } from './same-value.ts';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
  [{ a: undefined }, { b: undefined }, true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  [null, undefined, false],
  [{ constructor: 1 }, {}, false],
  [{}, { toString: 1 }, false],
  ['1', 1, false],
  [Number.NaN, Number.NaN, true],
])('%j and %j: %s', (a, b, same) => {
  expect(sameValue(a, b)).toBe(same);
  expect(sameValue(b, a)).toBe(same);
});

test('agrees with JSON of values whose keys are sorted', () => {
  const canonical = (value: unknown): string =>
    JSON.stringify(value, (_key, inner) =>
      inner && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    );
  const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: true } as never);
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameValue(a, structuredClone(a))).toBe(true);
      const [left, right] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))];
      expect(sameValue(left, right)).toBe(canonical(left) === canonical(right));
    }),
  );
});
