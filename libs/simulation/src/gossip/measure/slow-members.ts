import type { GossipConfig } from '@mesh/gossip';
import type { SimMember } from '../gossip-world.ts';
import type { Measure } from './measure.ts';
import { MeasuredPool } from './measured-pool.ts';

const MINUTE_MS = 60_000;
/** Share of the members that stand still now and then in a large pool. */
const SLOW_SHARE = 0.02;
/** The pool of Lifeguard's experiments, and how many of its members are slow. */
const LIFEGUARD = { nodes: 128, slow: 16, minutes: 3 } as const;
/** SWIM as it was: no member doubts itself, and all suspicions are as short as can be. */
const WITHOUT: Partial<GossipConfig> = { awarenessMaxMultiplier: 1, suspicionMaxTimeoutMult: 1 };
/** Lifeguard 5.2 found 50 times fewer wrong failures, and more. */
const FEWER = 10;

/** How long a slow member stands still, and runs, milliseconds. */
interface Stalls {
  readonly stillMs: readonly [number, number];
  readonly runMs: readonly [number, number];
}

/** Some members of the pool stand still for seconds, time after time; the healthy ones must not suffer from it. */
export function measureSlowMembers(pool: MeasuredPool, minutes: number): Measure {
  const living = pool.world.members.filter(({ isUp }) => isUp);
  const slow = living.slice(1, 1 + Math.max(1, Math.round(living.length * SLOW_SHARE)));
  pool.wrong.byHealthy = 0;
  stall(pool, slow, { stillMs: [2000, 12_000], runMs: [2000, 8000] });
  pool.world.run(minutes * MINUTE_MS);
  const { byHealthy } = pool.wrong;
  const perHour = byHealthy / ((living.length * minutes) / 60);
  return {
    what: `${slow.length} slow: healthy ones declared failed by healthy ones, per member and hour`,
    value: perHour.toFixed(4),
    expected: '0 (Lifeguard)',
    isWithin: byHealthy === 0,
  };
}

/**
 * The experiment of Lifeguard 5.2 (128 members, some of which run for short moments alone) with Lifeguard and
 * without it: how many healthy members are declared failed.
 */
export function measureLifeguard(seed: number, lossRatio: number): readonly Measure[] {
  const withIt = wrongFailures(new MeasuredPool({ nodes: LIFEGUARD.nodes, lossRatio, seed }));
  const without = wrongFailures(
    new MeasuredPool({ nodes: LIFEGUARD.nodes, lossRatio, seed, config: WITHOUT }),
  );
  const hours = (LIFEGUARD.nodes * LIFEGUARD.minutes) / 60;
  const what = `${LIFEGUARD.slow} of ${LIFEGUARD.nodes} slow: wrong failures per member and hour`;
  return [
    {
      what: `${what}, SWIM`,
      value: (without / hours).toFixed(2),
      expected: '',
      isWithin: true,
    },
    {
      what: `${what}, Lifeguard`,
      value: (withIt / hours).toFixed(2),
      expected: `<= 1/${FEWER} of it (Lifeguard: 50 times fewer)`,
      isWithin: without > 0 && withIt * FEWER <= without,
    },
  ];
}

function wrongFailures(pool: MeasuredPool): number {
  pool.gather(1000);
  pool.world.run(30_000);
  const slow = pool.world.members.slice(1, 1 + LIFEGUARD.slow);
  stall(pool, slow, { stillMs: [8000, 16_000], runMs: [50, 500] });
  pool.world.run(LIFEGUARD.minutes * MINUTE_MS);
  return pool.wrong.byAnybody;
}

function stall(pool: MeasuredPool, members: readonly SimMember[], stalls: Stalls): void {
  const { world, random } = pool;
  const next = (member: SimMember) => {
    const stillMs = random.between(...stalls.stillMs);
    world.pause(member, stillMs);
    world.after(stillMs + random.between(...stalls.runMs), () => next(member));
  };
  for (const member of members) {
    pool.slow.add(member.name);
    world.after(random.between(0, 5000), () => next(member));
  }
}
