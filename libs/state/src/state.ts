import type { Tree } from './tree-node.ts';

/** All tables as of one log index. Immutable once published: a snapshot is a reference to it. */
export interface State {
  readonly index: number;
  /** Root of each tree, by the numbers of the layout. */
  readonly trees: readonly Tree[];
  /**
   * For each tree, the highest change index of any tombstone reaped from it; 0 before the first.
   */
  readonly reapFloors: readonly number[];
  /**
   * Lowest index of any read: log index at which a saved state took the place of everything; 0
   * before the first. What changed earlier has lost its meaning with the state that it changed.
   */
  readonly indexFloor: number;
  /** Goes up with every restore: what was read before is no predecessor of what is there now. */
  readonly generation: number;
}

/** The state of a store that nothing was ever written to. */
export function emptyState(treeCount: number): State {
  return {
    index: 0,
    trees: new Array<Tree>(treeCount).fill(undefined),
    reapFloors: new Array<number>(treeCount).fill(0),
    indexFloor: 0,
    generation: 0,
  };
}
