import { sameValue } from './same-entry.ts';

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1 }, { a: 1, b: null }, true],
  [{ a: {} }, { a: null }, true],
  [[], null, true],
  [[1, 2], [2, 1], false],
  [[1], [1, 2], false],
  ['', null, false],
  [0, null, false],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, false],
  [[1], { 0: 1 }, false],
])('%j and %j: %s', (a, b, same) => {
  expect(sameValue(a, b)).toBe(same);
  expect(sameValue(b, a)).toBe(same);
});
