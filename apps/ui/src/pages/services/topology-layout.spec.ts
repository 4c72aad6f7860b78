import { type Box, layoutTopology } from './topology-layout.ts';

const middle = ({ y, height }: Box) => y + height / 2;

test.each([
  [0, 0],
  [1, 0],
  [3, 2],
  [1, 20],
])('%i callers and %i called fit, in order, around the middle', (callers, called) => {
  const { width, height, center, left, right } = layoutTopology(callers, called);
  expect([left.length, right.length]).toEqual([callers, called]);
  for (const box of [center, ...left, ...right]) {
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }
  expect(middle(center)).toBeCloseTo(height / 2);
  for (const column of [left, right]) {
    column.slice(1).forEach((box, at) => {
      expect(box.y).toBeGreaterThan(column[at]!.y + column[at]!.height);
    });
  }
});
