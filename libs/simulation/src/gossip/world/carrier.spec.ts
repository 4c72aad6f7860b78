import { toyWorld } from '../../testing/toy-core.ts';

/** Two toys, of which the first asks the second. */
function pair(options: Parameters<typeof toyWorld>[0] = {}) {
  const made = toyWorld(options);
  const [asker, asked] = [made.add(), made.add()];
  const ask = (timeoutMs?: number) => {
    made.core('m0').exchange(1, '10.0.0.1', timeoutMs);
    made.stir('m0');
  };
  const answer = () => made.core('m0').told.find((line) => line.startsWith('done'));
  return { ...made, asker, asked, ask, answer };
}

test('a packet takes its time, and arrives where it was sent to', () => {
  const { world, core, stir, asker, asked } = pair();
  core('m0').send('10.0.0.1', 77);
  core('m0').send('10.0.0.9');
  core('m0').send('10.0.0.1', 10, 9999);
  stir('m0');
  const halfMs = world.geography.rttMs(asker.place, asked.place) / 2;
  world.run(halfMs - 0.01);
  expect(core('m1').told).toEqual(['start']);
  world.run(0.02);
  expect(core('m1').told).toEqual(['start', 'packet 77 from 10.0.0.0']);
  world.run(100);
  expect(core('m1').told).toHaveLength(2);
  expect(world.carrier.traffic).toMatchObject({ packets: 3, packetBytes: 97 });
});

test('packets arrive twice where they are doubled', () => {
  const { world, core, stir } = pair({ weather: { duplicateRatio: 1 } });
  core('m0').send('10.0.0.1');
  stir('m0');
  world.run(100);
  expect(core('m1').told).toHaveLength(3);
});

test('an exchange takes two round trips', () => {
  const { world, ask, answer, asker, asked } = pair();
  ask();
  world.run(2 * world.geography.rttMs(asker.place, asked.place) - 0.01);
  expect(answer()).toBeUndefined();
  world.run(0.02);
  expect(answer()).toBe('done 1 ok');
  expect(world.carrier.traffic.streams).toBe(2);
});

test('an end without an answer is told as one', () => {
  const { world, ask, answer, core } = pair();
  core('m1').reply = undefined;
  ask();
  world.run(1000);
  expect(answer()).toBe('done 1 EOF');
});

test('a machine refuses for a process that is gone; one that is gone itself says nothing', () => {
  for (const refuses of [true, false]) {
    const { world, ask, answer, asked } = pair();
    asked.refuses = refuses;
    world.crash(asked);
    ask(3000);
    world.run(2999);
    expect(answer()).toBe(refuses ? 'done 1 connection refused' : undefined);
    world.run(2);
    expect(answer()).toBe(refuses ? 'done 1 connection refused' : 'done 1 i/o timeout');
  }
});

test('a path that is cut, either way, or is cut meanwhile, lets it time out', () => {
  for (const cut of ['there', 'back', 'meanwhile'] as const) {
    const { world, ask, answer, core, asker, asked } = pair();
    if (cut === 'there') world.weather.cut(asker.place, asked.place);
    if (cut === 'back') world.weather.cut(asked.place, asker.place);
    ask(3000);
    const rttMs = world.geography.rttMs(asker.place, asked.place);
    world.run(1.6 * rttMs);
    if (cut === 'meanwhile') world.weather.cut(asked.place, asker.place);
    world.run(5000);
    expect(answer()).toBe('done 1 i/o timeout');
    expect(core('m1').told.length).toBe(cut === 'meanwhile' ? 2 : 1);
  }
});

test('lost segments cost time, a second in the handshake; what comes too late is given up', () => {
  let late = 0;
  let given = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { world, ask, answer } = pair({ seed, weather: { lossRatio: 0.2 } });
    ask(1500);
    world.run(150);
    if (answer()) continue;
    world.run(1349);
    if (answer() === 'done 1 ok') late++;
    world.run(10);
    if (answer() === 'done 1 i/o timeout') given++;
  }
  // Of the handshake 1 - 0.8^2 are late.
  expect(late).toBeGreaterThan(50);
  expect(given).toBeGreaterThan(5);
  expect(given).toBeLessThan(60);
});

test('a broken stream fails for the one who asked; half of those were read', () => {
  let read = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const { world, ask, answer, core } = pair({ seed, weather: { brokenStreamRatio: 1 } });
    ask();
    world.run(1000);
    expect(answer()).toBe('done 1 connection reset by peer');
    if (core('m1').told.length > 1) read++;
  }
  expect(read).toBeGreaterThan(15);
  expect(read).toBeLessThan(45);
});
