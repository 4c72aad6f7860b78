import type { NetworkCoordinate } from './types.ts';
import { addScaled, difference, directionTo, magnitude, ZERO_THRESHOLD } from './vector.ts';

/** Axes of the space. More gain little on the internet (Dabek et al. 2004, section 5). */
export const DIMENSIONS = 8;
/** Largest error estimate; also that of a coordinate that knows nothing. */
export const ERROR_MAX = 1.5;
/** Smallest height, seconds: the access link is never free. */
export const HEIGHT_MIN = 1e-5;
/** Honest values lie far below, as gravity works and round trips over 10 s are refused; seconds. */
const PLAUSIBLE_SECONDS = 1000;

/** Where everybody starts. */
export function originCoordinate(): NetworkCoordinate {
  return {
    Vec: new Array<number>(DIMENSIONS).fill(0),
    Error: ERROR_MAX,
    Adjustment: 0,
    Height: HEIGHT_MIN,
  };
}

/** Round-trip time that the places alone foretell, seconds. */
export function rawDistance(a: NetworkCoordinate, b: NetworkCoordinate): number {
  return magnitude(difference(a.Vec, b.Vec)) + a.Height + b.Height;
}

/** Estimated round-trip time between two members of one pool, seconds. */
export function roundTripSeconds(a: NetworkCoordinate, b: NetworkCoordinate): number {
  const raw = rawDistance(a, b);
  const adjusted = raw + a.Adjustment + b.Adjustment;
  return adjusted > 0 ? adjusted : raw;
}

/** Whether it can be computed with: right dimension, all finite. */
export function isValidCoordinate(coordinate: NetworkCoordinate): boolean {
  return (
    coordinate.Vec.length === DIMENSIONS &&
    coordinate.Vec.every(Number.isFinite) &&
    Number.isFinite(coordinate.Error) &&
    Number.isFinite(coordinate.Adjustment) &&
    Number.isFinite(coordinate.Height)
  );
}

/**
 * Why a coordinate that a peer sent is refused; undefined when it is good. Beyond the original's test of
 * dimension and finiteness, errors and heights below 0 and values that no honest member can reach are refused:
 * one of them would throw our own coordinate away.
 */
export function coordinateFault(coordinate: NetworkCoordinate): string | undefined {
  if (coordinate.Vec.length !== DIMENSIONS) return "dimensions aren't compatible";
  if (!isValidCoordinate(coordinate)) return 'coordinate is invalid';
  if (coordinate.Error < 0 || coordinate.Height < 0) return 'coordinate is invalid';
  const values = [...coordinate.Vec, coordinate.Error, coordinate.Adjustment, coordinate.Height];
  return values.every((value) => Math.abs(value) <= PLAUSIBLE_SECONDS)
    ? undefined
    : 'coordinate is implausible';
}

/** Pushes a coordinate away from another by `force` seconds (below 0 pulls); heights move in proportion. */
export function applyForce(
  coordinate: NetworkCoordinate,
  force: number,
  other: NetworkCoordinate,
  random: () => number,
): NetworkCoordinate {
  const { unit, distance } = directionTo(coordinate.Vec, other.Vec, random);
  const Vec = addScaled(coordinate.Vec, unit, force);
  if (distance <= ZERO_THRESHOLD) return { ...coordinate, Vec };
  const grown = ((coordinate.Height + other.Height) * force) / distance + coordinate.Height;
  return { ...coordinate, Vec, Height: Math.max(HEIGHT_MIN, grown) };
}
