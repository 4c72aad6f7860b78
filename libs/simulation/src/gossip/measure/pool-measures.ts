import { measureCoordinates } from './coordinates.ts';
import { measureDeaths } from './deaths.ts';
import { measureJoining } from './joining.ts';
import { measureBusy, measureQuiet } from './load.ts';
import type { Measure } from './measure.ts';
import { MeasuredPool } from './measured-pool.ts';
import { measureLifeguard, measureSlowMembers } from './slow-members.ts';

export interface MeasureOptions {
  readonly nodes: number;
  /** Share of datagrams that get lost, 0..1. */
  readonly lossRatio: number;
  readonly seed: number;
  /** Receives each measure as soon as it is there. */
  readonly onMeasure?: (measure: Measure) => void;
}

export interface PoolMeasures {
  readonly measures: readonly Measure[];
  /** Virtual time that all pools together lived, milliseconds. */
  readonly virtualMs: number;
}

/** All that join one by one do so within this time, milliseconds. */
const STAGGER_MS = 30_000;
/** Time in which the queues of a mass join run empty, milliseconds. */
const SETTLE_MS = 60_000;
const QUIET_MINUTES = 3;
const SLOW_MINUTES = 1;

/** Runs pools through their lives: joining, quiet, user events, deaths, slow members. */
export function measurePools(options: MeasureOptions): PoolMeasures {
  const { nodes, lossRatio, seed, onMeasure } = options;
  const measures: Measure[] = [];
  const note = (...found: readonly Measure[]) => {
    measures.push(...found);
    for (const measure of found) onMeasure?.(measure);
  };
  const staggered = new MeasuredPool({ nodes, lossRatio, seed });
  note(measureJoining(staggered, STAGGER_MS, `within ${STAGGER_MS / 1000} s`));
  const pool = new MeasuredPool({ nodes, lossRatio, seed });
  note(measureJoining(pool, 0, 'at once'));
  pool.world.run(SETTLE_MS);
  note(...measureQuiet(pool, lossRatio, QUIET_MINUTES));
  note(measureCoordinates(pool));
  note(...measureBusy(pool, lossRatio));
  note(...measureDeaths(pool));
  note(measureSlowMembers(pool, SLOW_MINUTES));
  note(...measureLifeguard(seed, lossRatio));
  return { measures, virtualMs: staggered.world.nowMs + pool.world.nowMs };
}
