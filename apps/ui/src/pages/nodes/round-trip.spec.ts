import { distance, median, type NodeCoordinate, roundTrips } from './round-trip.ts';

const at = (x: number, Height = 0, Adjustment = 0) => ({
  Vec: [x, 0, 0, 0, 0, 0, 0, 0],
  Error: 0.1,
  Height,
  Adjustment,
});
const row = (Node: string, x: number, Segment = ''): NodeCoordinate => ({
  Node,
  Segment,
  Coord: at(x),
});

test('distance: space, heights, adjustments that leave something', () => {
  expect(distance(at(0), at(0.003))).toBeCloseTo(0.003);
  expect(distance(at(0, 0.001), at(0.003, 0.002))).toBeCloseTo(0.006);
  expect(distance(at(0, 0, -0.001), at(0.003))).toBeCloseTo(0.002);
  expect(distance(at(0, 0, -1), at(0.003))).toBeCloseTo(0.003);
});

test('times to the others of the segment, nearest first', () => {
  const rows = [row('a', 0), row('far', 0.05), row('near', 0.01), row('other', 0.001, 's')];
  expect(roundTrips(rows, 'a')).toEqual([
    { node: 'near', ms: 10 },
    { node: 'far', ms: 50 },
  ]);
  expect(roundTrips(rows, 'nobody')).toBeUndefined();
  expect(roundTrips([row('a', 0)], 'a')).toEqual([]);
});

test.each([
  [[], 0],
  [[7], 7],
  [[1, 2, 6], 2],
  [[1, 2, 4, 9], 3],
])('the median of %j is %d', (values, expected) => {
  expect(median(values.map((ms) => ({ node: `${ms}`, ms })))).toBe(expected);
});
