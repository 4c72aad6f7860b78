import { LAN_CONFIG, SERF_STATUS } from '@mesh/gossip';
import { toyWorld } from '../../testing/toy-core.ts';
import { ACCUSATION } from './accusation-logger.ts';
import { type Member, PoolWorld } from './pool-world.ts';
import { createSerfCore } from './serf-cores.ts';

function realWorld(seed: number, count: number) {
  const config = { ...LAN_CONFIG, compression: false };
  const world = new PoolWorld({
    ...{ seed, config, createCore: createSerfCore },
    geography: { spreadMs: 10, accessMs: 1 },
  });
  const [first, ...others] = Array.from({ length: count }, () => world.add()) as [Member];
  world.found(first);
  for (const member of others) {
    world.start(member);
    world.join(member, first);
  }
  return { world, first, others: others as Member[] };
}

test('members of real cores find each other, and miss one that is gone', () => {
  const { world, first, others } = realWorld(1, 8);
  world.run(5000);
  for (const { life } of world.running) {
    expect(life!.core.members().map(({ status }) => status)).toEqual(new Array(8).fill(1));
  }
  const [gone] = others as [Member];
  const accusers = new Set<string>();
  world.observers.push({
    accused: (by, suspect) => {
      expect(suspect).toBe(gone.name);
      accusers.add(by.name);
    },
  });
  world.crash(gone);
  world.run(30_000);
  expect(first.life!.core.member(gone.name)?.status).toBe(SERF_STATUS.failed);
  expect(accusers.size).toBeGreaterThan(0);
});

test('a seed is one story', () => {
  const tell = (seed: number) => {
    const { world } = realWorld(seed, 6);
    world.run(20_000);
    return JSON.stringify([world.agenda.count, world.carrier.traffic]);
  };
  expect(tell(5)).toBe(tell(5));
  expect(tell(5)).not.toBe(tell(6));
});

test('a join that failed is tried again with somebody who is in, until it has worked', () => {
  const { world, add, core, stir } = toyWorld({ rejoinMs: 1000 });
  const [member, founder] = [add(), world.add()];
  world.found(founder);
  world.join(member, founder);
  const answer = (id: number, error?: string) => {
    core('m0').events.push({ kind: 'join-done', id, error });
    stir('m0');
  };
  answer(1, 'refused');
  expect(member.isIn).toBe(false);
  world.run(1001);
  expect(core('m0').told.filter((line) => line === 'join 10.0.0.1')).toHaveLength(2);
  answer(2);
  expect([member.isIn, member.eventsSince]).toEqual([true, 7]);
  world.run(5000);
  expect(core('m0').told.filter((line) => line.startsWith('join'))).toHaveLength(2);
});

test('a member remembers its clocks as they were, or a little earlier, and begins anew with them', () => {
  const { world, add, core } = toyWorld();
  const member = add();
  world.crash(member);
  expect(member.isRunning).toBe(false);
  const { clock, eventClock, queryClock } = member.memory!;
  expect([3, 4]).toContain(clock);
  expect([5, 6]).toContain(eventClock);
  expect([7, 8]).toContain(queryClock);
  world.start(member, member.memory);
  expect(core('m0').options.memory).toEqual(member.memory);
  expect([member.lives, member.isRunning, member.isIn]).toEqual([2, true, false]);
});

test('many members have many addresses', () => {
  const { world } = toyWorld();
  const hosts = Array.from({ length: 1000 }, () => world.add().address.host);
  expect(new Set(hosts).size).toBe(1000);
  expect(world.member('m300')?.address.host).toBe('10.0.1.44');
});

test('the line that tells of an accusation is the one that cores write', () => {
  const { world, others } = realWorld(3, 4);
  const lines: string[] = [];
  world.observers.push({ accused: (_, suspect) => lines.push(suspect) });
  world.run(3000);
  world.crash(others[0]!);
  world.run(5000);
  expect(lines).toContain(others[0]!.name);
  expect(ACCUSATION).toMatch(/^memberlist: Suspect /);
});
