import { type Command, defineCommand } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { isUsable } from './distance.ts';
import { coordinateKey, coordinates } from './table.ts';
import type { NodeCoordinate } from './types.ts';

/** Tells whether the catalog has a node. */
export type NodeExists = (view: StateView, node: string) => boolean;

const BATCH_UPDATE = 'coordinate.batch-update';

/** Name of the entry for those who propose it; coordinateCommands applies it. */
export const batchUpdateEntry: Command<readonly NodeCoordinate[], null> = {
  type: BATCH_UPDATE,
  apply: () => null,
};

/** Stores the coordinates of nodes that exist; others have left since they reported. */
export function coordinateCommands(
  nodeExists: NodeExists,
): readonly Command<readonly NodeCoordinate[], null>[] {
  return [
    defineCommand(BATCH_UPDATE, (txn, updates) => {
      for (const update of updates) {
        if (!isUsable(update.Coord) || !nodeExists(txn, update.Node)) continue;
        if (isUnchanged(txn, update)) continue;
        txn.put(coordinates, update);
      }
      return null;
    }),
  ];
}

function isUnchanged(view: StateView, update: NodeCoordinate): boolean {
  const stored = view.get(coordinates, coordinateKey(update.Node, update.Segment))?.Coord;
  if (!stored) return false;
  const next = update.Coord;
  return (
    stored.Error === next.Error &&
    stored.Adjustment === next.Adjustment &&
    stored.Height === next.Height &&
    stored.Vec.every((value, at) => value === next.Vec[at])
  );
}
