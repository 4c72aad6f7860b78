/**
 * Distances between Vivaldi coordinates (Dabek et al., "Vivaldi: A Decentralized Network Coordinate
 * System", 2004), with the height vector of that paper and an adjustment term (Lee et al., "On
 * Suitability of Euclidean Embedding for Host-Based Network Coordinate Systems", 2010).
 */
import type { Coordinate } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { coordinateKey, coordinates } from './table.ts';
import type { NodeCoordinate } from './types.ts';

/** Dimensions of the space; coordinates of another size do not compare. */
export const DIMENSIONS = 8;
/** Smallest height: the time over a node's own access link, seconds. */
const HEIGHT_MIN_S = 10e-6;
/** Error of a node that has not measured anything. */
const ERROR_MAX = 1.5;

/** Where a node stands before its first measurement: at the origin, with the largest error. */
export function originCoordinate(): Coordinate {
  return {
    Vec: Array<number>(DIMENSIONS).fill(0),
    Error: ERROR_MAX,
    Adjustment: 0,
    Height: HEIGHT_MIN_S,
  };
}

/** True for a coordinate that can be stored: the right number of dimensions, every value finite. */
export function isUsable(coordinate: Coordinate): boolean {
  const { Vec, Adjustment, Height } = coordinate;
  const values = [...Vec, coordinate.Error, Adjustment, Height];
  return Vec.length === DIMENSIONS && values.every(Number.isFinite);
}

/**
 * Estimated round-trip time between two coordinates in seconds; infinite when they do not compare.
 */
export function distance(a: Coordinate, b: Coordinate): number {
  if (a.Vec.length !== b.Vec.length) return Number.POSITIVE_INFINITY;
  let squares = 0;
  for (let at = 0; at < a.Vec.length; at++) {
    const difference = a.Vec[at]! - b.Vec[at]!;
    squares += difference * difference;
  }
  const raw = Math.sqrt(squares) + a.Height + b.Height;
  const adjusted = raw + a.Adjustment + b.Adjustment;
  // Adjustments may outweigh a short distance; a negative time is no time.
  return adjusted > 0 ? adjusted : raw;
}

/**
 * Round-trip times in seconds from one node to others, in their order; infinite for those without a
 * coordinate in a segment that both are in. Undefined when `from` has none at all: nothing can be
 * sorted.
 */
export function distancesFrom(
  view: StateView,
  from: string,
  nodes: readonly string[],
): readonly number[] | undefined {
  const origins: readonly NodeCoordinate[] = [...view.prefix(coordinates, coordinateKey(from, ''))];
  if (origins.length === 0) return undefined;
  return nodes.map((node) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const origin of origins) {
      const other = view.get(coordinates, coordinateKey(node, origin.Segment));
      if (other) nearest = Math.min(nearest, distance(origin.Coord, other.Coord));
    }
    return nearest;
  });
}

/**
 * Rows by rising distance; equal ones keep their order, so that unknown nodes stay last as they
 * were.
 */
export function sortByDistance<T>(
  rows: readonly T[],
  distances: readonly number[] | undefined,
): readonly T[] {
  if (!distances) return rows;
  return rows
    .map((row, at) => ({ row, at, metric: distances[at] ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => (a.metric === b.metric ? a.at - b.at : a.metric < b.metric ? -1 : 1))
    .map(({ row }) => row);
}
