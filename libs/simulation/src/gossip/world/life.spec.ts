import { toyWorld } from '../../testing/toy-core.ts';

test('ticks when the core asks for it, and not before', () => {
  const { world, add, core, stir } = toyWorld();
  const member = add();
  const startMs = member.life!.clockMs();
  core('m0').dueMs = startMs + 500;
  stir('m0');
  world.run(499);
  expect(core('m0').told).toEqual(['start']);
  world.run(2);
  expect(core('m0').told).toEqual(['start', 'tick']);
  expect(core('m0').times[1]).toBeGreaterThanOrEqual(startMs + 500);
  expect(core('m0').times[1]).toBeLessThan(startMs + 502);
  world.run(10_000);
  expect(core('m0').told).toEqual(['start', 'tick']);
});

test('an earlier deadline takes the place of a later one', () => {
  const { world, add, core, stir } = toyWorld();
  const startMs = add().life!.clockMs();
  core('m0').dueMs = startMs + 500;
  stir('m0');
  core('m0').dueMs = startMs + 100;
  stir('m0');
  world.run(200);
  expect(core('m0').told).toEqual(['start', 'tick']);
});

test('a clock that is fast comes to its deadlines early', () => {
  const { world, add, core, stir } = toyWorld({ clockSkewRatio: 0.2 });
  const members = Array.from({ length: 20 }, add);
  for (const { name, life } of members) {
    core(name).dueMs = life!.clockMs() + 10_000;
    stir(name);
  }
  world.run(9900);
  const early = members.filter(({ name }) => core(name).told.includes('tick')).length;
  expect(early).toBeGreaterThan(3);
  expect(early).toBeLessThan(17);
});

test('while it stands still timers and packets wait; then the timers come first', () => {
  const { world, add, core, stir } = toyWorld();
  const [member] = [add(), add()];
  core('m0').dueMs = member.life!.clockMs() + 200;
  stir('m0');
  member.life!.pause(1000);
  core('m1').send('10.0.0.0', 30);
  core('m1').exchange(4, '10.0.0.0');
  stir('m1');
  world.run(999);
  expect(core('m0').told).toEqual(['start']);
  world.run(100);
  expect(core('m0').told).toEqual([
    'start',
    'tick',
    'packet 30 from 10.0.0.1',
    'stream from 10.0.0.1',
  ]);
  expect(core('m1').told).toContain('done 4 ok');
});

test('it can be woken before its time, once', () => {
  const { world, add, core, stir } = toyWorld();
  const [member] = [add(), add()];
  member.life!.pause(1000);
  core('m1').send('10.0.0.0', 30);
  stir('m1');
  world.run(100);
  member.life!.wake();
  expect(core('m0').told).toEqual(['start', 'packet 30 from 10.0.0.1']);
  world.run(2000);
  expect(core('m0').told).toHaveLength(2);
});

test('a socket keeps only so much for a process that stands still', () => {
  const { world, add, core, stir } = toyWorld();
  const [member] = [add(), add()];
  member.life!.pause(1000);
  for (let at = 0; at < 300; at++) core('m1').send('10.0.0.0', 1400);
  stir('m1');
  world.run(2000);
  const kept = core('m0').told.filter((line) => line.startsWith('packet')).length;
  expect(kept).toBe(Math.floor(212_992 / 1400));
});

test('nothing reaches a process that has ended', () => {
  const { world, add, core, stir } = toyWorld();
  const [member] = [add(), add()];
  core('m0').dueMs = member.life!.clockMs() + 200;
  stir('m0');
  core('m1').send('10.0.0.0');
  stir('m1');
  member.life!.end();
  world.run(1000);
  expect(core('m0').told).toEqual(['start']);
});

test('what an observer asks of a core in its turn is seen to', () => {
  const { world, add, core, stir } = toyWorld();
  add();
  add();
  world.observers.push({
    event: (member) => {
      member.life!.act(() => core('m0').send('10.0.0.1'));
    },
  });
  core('m0').events.push({ kind: 'leave-done' });
  stir('m0');
  world.run(100);
  expect(core('m1').told).toEqual(['start', 'packet 10 from 10.0.0.0']);
});
