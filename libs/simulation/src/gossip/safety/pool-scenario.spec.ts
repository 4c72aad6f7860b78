import { runPoolScenario } from './pool-scenario.ts';

test('a seed is one story: the same things happen each time', () => {
  const tell = (seed: number) => {
    const lines: string[] = [];
    const result = runPoolScenario(seed, { trace: (line) => lines.push(line) });
    return { result, story: lines.join('\n') };
  };
  const first = tell(5);
  expect(first.story.length).toBeGreaterThan(1000);
  expect(tell(5)).toEqual(first);
  expect(tell(6).story).not.toBe(first.story);
});

test.each([901, 902, 903, 904])('pool %i violates nothing, and much happens in it', (seed) => {
  const result = runPoolScenario(seed);
  expect(result.violation).toBeUndefined();
  expect(result.faults).toBeGreaterThan(3);
  expect(result.events).toBeGreaterThan(1000);
});

test('a single cut link makes nobody fail', () => {
  const lines: string[] = [];
  const trace = (line: string) => lines.push(line);
  const result = runPoolScenario(7, { trace, focus: 'link' });
  expect(result.violation).toBeUndefined();
  expect(lines.some((line) => /^\S+ link m/.test(line))).toBe(true);
});
