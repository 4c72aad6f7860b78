import { roundTripSeconds } from '@mesh/gossip';
import { type Measure, quantile } from './measure.ts';
import type { MeasuredPool } from './measured-pool.ts';

const PAIRS = 2000;
/** Largest median that passes. */
const LIMIT = 0.3;

/** How well the coordinates of members tell the round trips between them. */
export function measureCoordinates({ world, random }: MeasuredPool): Measure {
  const errors: number[] = [];
  for (let tries = 0; tries < PAIRS; tries++) {
    const [one, other] = [random.pick(world.members), random.pick(world.members)];
    const [from, to] = [one.core.coordinate(), other.core.coordinate()];
    if (one === other || !from || !to) continue;
    const realMs = 2 * world.distanceMs(one, other);
    errors.push(Math.abs(roundTripSeconds(from, to) * 1000 - realMs) / realMs);
  }
  const median = quantile(errors, 0.5);
  return {
    what: 'coordinates: median relative error of round trips',
    value: `${(median * 100).toFixed(1)} %`,
    expected: '<= 30 % after some minutes (Vivaldi: about 11 % when converged)',
    isWithin: median <= LIMIT,
  };
}
