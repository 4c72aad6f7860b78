import type { SimMember } from '../gossip-world.ts';
import { type Measure, mean, quantile, seconds } from './measure.ts';
import type { MeasuredPool } from './measured-pool.ts';

const DEATHS = 20;
/** Between two deaths, milliseconds. */
const GAP_MS = 2000;
const LONGEST_MS = 180_000;

interface Death {
  readonly name: string;
  readonly diedMs: number;
}

/** Members die, one after another: when the first gets no answer, when the first and when all declare it. */
export function measureDeaths(pool: MeasuredPool): readonly Measure[] {
  const deaths = kill(pool);
  const observers = pool.nodes - deaths.length;
  const told = ({ name }: Death) => pool.detections.get(name) ?? [];
  pool.world.runUntil(
    () => deaths.every((death) => told(death).length >= observers),
    LONGEST_MS,
    100,
  );
  const first = deaths.map((death) => Math.min(...told(death)) - death.diedMs);
  const all = deaths.map((death) =>
    told(death).length < observers
      ? Number.POSITIVE_INFINITY
      : Math.max(...told(death)) - death.diedMs,
  );
  const suspicions = deaths.map(
    ({ name, diedMs }) => (pool.suspected.get(name) ?? Number.POSITIVE_INFINITY) - diedMs,
  );
  return [suspicion(pool, suspicions), ...declarations(pool, first, all)];
}

function kill(pool: MeasuredPool): readonly Death[] {
  const { world, random } = pool;
  const victims = new Set<SimMember>();
  const most = Math.min(DEATHS, Math.floor(pool.nodes / 10));
  while (victims.size < most) victims.add(random.pick(world.members.slice(1)));
  return [...victims].map((victim) => {
    world.run(GAP_MS);
    pool.dead.add(victim.name);
    pool.suspected.delete(victim.name);
    world.crash(victim);
    return { name: victim.name, diedMs: world.nowMs };
  });
}

/**
 * SWIM 3.1: a member is picked within e/(e-1) periods on average. A death comes half way through a period, and a
 * probe has failed when its own period is over.
 */
function suspicion({ config }: MeasuredPool, suspicions: readonly number[]): Measure {
  const expectedMs = config.probeIntervalMs * (Math.E / (Math.E - 1) + 0.5);
  // Times between two probes of a member are exponential: their deviation is their mean, a period.
  const errorMs = (4 * config.probeIntervalMs) / Math.sqrt(suspicions.length);
  const meanMs = mean(suspicions);
  return {
    what: 'a dead member is first suspected: mean',
    value: seconds(meanMs),
    expected: `${seconds(expectedMs)} +- ${seconds(errorMs)} (SWIM: e/(e-1) periods, and the rest of one)`,
    isWithin: Math.abs(meanMs - expectedMs) <= errorMs,
  };
}

function declarations(
  pool: MeasuredPool,
  first: readonly number[],
  all: readonly number[],
): readonly Measure[] {
  const { minMs, maxMs } = pool.suspicionMs;
  const { probeIntervalMs } = pool.config;
  // Two more members must get no answer until the suspicion is as short as can be (Lifeguard); each of them may
  // take some periods, one after a failed probe.
  const limitMs = probeIntervalMs * (Math.E / (Math.E - 1) + 3) + minMs * 1.5;
  const allMs = limitMs + pool.spreadMs;
  const range = `suspicion ${seconds(minMs)} to ${seconds(maxMs)}`;
  return [
    {
      what: 'a death is declared by the first: median, p99',
      value: `${seconds(quantile(first, 0.5))}, ${seconds(quantile(first, 0.99))}`,
      expected: `${seconds(minMs)} to ${seconds(limitMs)} (${range})`,
      isWithin: quantile(first, 0) >= minMs && quantile(first, 0.99) <= limitMs,
    },
    {
      what: 'a death is declared by all: median, p99',
      value: `${seconds(quantile(all, 0.5))}, ${seconds(quantile(all, 0.99))}`,
      expected: `<= ${seconds(allMs)} (and log n rounds)`,
      isWithin: quantile(all, 0.99) <= allMs,
    },
  ];
}
