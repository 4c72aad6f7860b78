import { compositeKey, defineTable, type WriteTxn } from '@mesh/state';
import type { NodeCoordinate } from './types.ts';

/** Coordinates by node and segment. */
export const coordinates = defineTable<NodeCoordinate>({
  name: 'coordinates',
  id: (row) => coordinateKey(row.Node, row.Segment),
  indexes: {},
});

/** Id of a node's coordinate; node names match without regard to case. */
export function coordinateKey(node: string, segment: string): string {
  return compositeKey(node.toLowerCase(), segment);
}

/** Forgets the coordinates of a node in all segments; for when the node leaves the catalog. */
export function deleteCoordinates(txn: WriteTxn, node: string): void {
  txn.deletePrefix(coordinates, coordinateKey(node, ''));
}
