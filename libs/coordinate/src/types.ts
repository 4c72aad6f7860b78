import type { Coordinate } from '@mesh/api-contract';

/** The coordinate of a node in one network segment. */
export interface NodeCoordinate {
  readonly Node: string;
  /** "" is the default segment, the only one of the open edition. */
  readonly Segment: string;
  readonly Coord: Coordinate;
}

/** Coordinates of a datacenter's servers in the wide-area pool. */
export interface DatacenterCoordinates {
  readonly Datacenter: string;
  readonly AreaID: string;
  readonly Coordinates: readonly NodeCoordinate[];
}
