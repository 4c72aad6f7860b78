import { formattedTime } from './time.ts';

test('times with nanoseconds are read; what is none is shown as it is', () => {
  expect(formattedTime('2026-11-23T03:32:59.137631812Z')).toMatch(/2026/);
  expect(formattedTime('soon')).toBe('soon');
});
