import { runScenario } from './scenario.ts';

test('a seed is one story: the same events each time', async () => {
  const tell = async (seed: number) => {
    const lines: string[] = [];
    const result = await runScenario(seed, { trace: (line) => lines.push(line) });
    return { result, story: lines.join('\n') };
  };
  const first = await tell(101);
  expect(first.story.length).toBeGreaterThan(1000);
  // Hundreds of others are played by tools/simulation, where they run faster than here.
  expect(first.result).toMatchObject({ violation: undefined, undecided: 0 });
  expect(first.result.acknowledged).toBeGreaterThan(10);
  expect(await tell(101)).toEqual(first);
  expect((await tell(106)).story).not.toBe(first.story);
});
