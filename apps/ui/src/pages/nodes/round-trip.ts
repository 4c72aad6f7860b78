import type { Coordinate } from '@mesh/api-contract';

/** A row of /v1/coordinate/nodes. */
export interface NodeCoordinate {
  readonly Node: string;
  readonly Segment: string;
  readonly Coord: Coordinate;
}

/** Estimated round-trip time to a node. */
export interface RoundTrip {
  readonly node: string;
  readonly ms: number;
}

/**
 * Round-trip time between two coordinates, seconds: distance in the Euclidean space plus both heights,
 * corrected by both adjustments where that leaves something (Dabek et al., Vivaldi, 2004).
 */
export function distance(a: Coordinate, b: Coordinate): number {
  let squares = 0;
  a.Vec.forEach((value, at) => {
    squares += (value - (b.Vec[at] ?? 0)) ** 2;
  });
  const raw = Math.sqrt(squares) + a.Height + b.Height;
  const adjusted = raw + a.Adjustment + b.Adjustment;
  return adjusted > 0 ? adjusted : raw;
}

/** Round-trip times from a node to all others of its segment, nearest first; undefined without a coordinate. */
export function roundTrips(
  coordinates: readonly NodeCoordinate[],
  node: string,
): readonly RoundTrip[] | undefined {
  const own = coordinates.find(({ Node: name }) => name === node);
  if (!own) return undefined;
  return coordinates
    .filter((other) => other.Node !== node && other.Segment === own.Segment)
    .map((other) => ({ node: other.Node, ms: distance(own.Coord, other.Coord) * 1000 }))
    .sort((a, b) => a.ms - b.ms);
}

/** The middle of sorted times; of an even number the mean of the two in the middle. */
export function median(sorted: readonly RoundTrip[]): number {
  const half = sorted.length >> 1;
  const upper = sorted[half]?.ms ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1]?.ms ?? 0) + upper) / 2;
}
