import { runScenario } from './scenario.ts';

test('a seed is one story: the same events each time', async () => {
  const tell = async (seed: number) => {
    const lines: string[] = [];
    const result = await runScenario(seed, { trace: (line) => lines.push(line) });
    return { result, story: lines.join('\n') };
  };
  const first = await tell(3);
  expect(first.story.length).toBeGreaterThan(1000);
  expect(await tell(3)).toEqual(first);
  expect((await tell(4)).story).not.toBe(first.story);
});

test.each([101, 102, 103, 104, 105, 106])('seed %i violates nothing', async (seed) => {
  const result = await runScenario(seed);
  expect(result.violation).toBeUndefined();
  expect(result.undecided).toBe(0);
  expect(result.acknowledged).toBeGreaterThan(10);
});
