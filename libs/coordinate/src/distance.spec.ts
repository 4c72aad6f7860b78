import type { Coordinate } from '@mesh/api-contract';
import fc from 'fast-check';
import { distance, isUsable, originCoordinate, sortByDistance } from './distance.ts';

const finite = fc.double({ min: -100, max: 100, noNaN: true });
const coordinate: fc.Arbitrary<Coordinate> = fc.record({
  Vec: fc.array(finite, { minLength: 8, maxLength: 8 }),
  Error: fc.double({ min: 0, max: 1.5, noNaN: true }),
  Adjustment: fc.double({ min: -1, max: 1, noNaN: true }),
  Height: fc.double({ min: 10e-6, max: 1, noNaN: true }),
});

test('is the Euclidean distance plus both heights and adjustments', () => {
  const a = { ...originCoordinate(), Height: 0.01, Adjustment: 0.002 };
  const b = { ...originCoordinate(), Vec: [3, 4, 0, 0, 0, 0, 0, 0], Height: 0.02 };
  expect(distance(a, b)).toBeCloseTo(5.032, 12);
});

test('ignores adjustments that outweigh it', () => {
  const a = { ...originCoordinate(), Adjustment: -1 };
  expect(distance(a, a)).toBeCloseTo(20e-6, 12);
});

test('is symmetric, positive, and infinite between different spaces', () => {
  fc.assert(
    fc.property(coordinate, coordinate, (a, b) => {
      expect(distance(a, b)).toBeCloseTo(distance(b, a), 9);
      expect(distance(a, b)).toBeGreaterThan(0);
      expect(distance(a, { ...b, Vec: b.Vec.slice(1) })).toBe(Number.POSITIVE_INFINITY);
    }),
  );
});

test('usable are eight finite numbers with finite error, adjustment and height', () => {
  fc.assert(
    fc.property(coordinate, fc.constantFrom(NaN, Infinity, -Infinity), (good, bad) => {
      expect(isUsable(good)).toBe(true);
      expect(isUsable({ ...good, Error: bad })).toBe(false);
      expect(isUsable({ ...good, Height: bad })).toBe(false);
      expect(isUsable({ ...good, Adjustment: bad })).toBe(false);
      expect(isUsable({ ...good, Vec: [bad, ...good.Vec.slice(1)] })).toBe(false);
      expect(isUsable({ ...good, Vec: good.Vec.slice(1) })).toBe(false);
    }),
  );
});

test('sorting keeps the order of equals, and everything without distances', () => {
  const rows = ['a', 'b', 'c', 'd', 'e'];
  const far = Number.POSITIVE_INFINITY;
  expect(sortByDistance(rows, [far, 2, 1, far, 2])).toEqual(['c', 'b', 'e', 'a', 'd']);
  expect(sortByDistance(rows, undefined)).toBe(rows);
});
