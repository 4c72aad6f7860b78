import type { StateView } from '@mesh/state';
import { coordinateKey, coordinates } from './table.ts';
import type { NodeCoordinate } from './types.ts';

/** Coordinates of all nodes, by node. */
export function allCoordinates(view: StateView): readonly NodeCoordinate[] {
  return [...view.prefix(coordinates, '')];
}

/** Coordinates of a node, one a segment; empty when there are none. */
export function coordinatesOf(view: StateView, node: string): readonly NodeCoordinate[] {
  return [...view.prefix(coordinates, coordinateKey(node, ''))];
}
