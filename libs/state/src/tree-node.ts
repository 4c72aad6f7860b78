/** A place in the order of a tree: by key, then by id. Primary trees leave the id empty. */
export interface Position {
  readonly key: string;
  readonly id: string;
}

/**
 * What a tree holds for one position: a row, or a tombstone that remembers when the row went.
 * Immutable; a change replaces it.
 */
export interface Entry extends Position {
  /** Undefined in a tombstone. */
  readonly row: object | undefined;
  /** Log index of the last change of this position, deletion included. */
  readonly change: number;
}

/** Who may change a node in place: the transaction that made it. Compared by identity. */
export interface Owner {
  readonly brand: 'owner';
}

interface Summary {
  owner: Owner;
  /** Entries below that are rows. */
  live: number;
  /** Highest change index below, tombstones included. */
  maxChange: number;
  /** Lowest change index of the tombstones below; 0 when there are none. */
  oldestTombstone: number;
}

/** Bottom of a tree: entries in order. */
export interface Leaf extends Summary {
  readonly isLeaf: true;
  items: Entry[];
}

/**
 * Inner node. `lows[i]` is a lower bound of child i, except that child 0 takes everything below
 * too.
 */
export interface Branch extends Summary {
  readonly isLeaf: false;
  children: TreeNode[];
  /** Replaced, never changed in place: copies of a node share it. */
  lows: readonly Position[];
}

export type TreeNode = Leaf | Branch;

/** A tree is its root; an empty one has none. */
export type Tree = TreeNode | undefined;

/**
 * Most entries or children of a node. 32 keeps the path copy of a write small and the tree flat.
 */
export const FAN_OUT = 32;

/** The lower of two tombstone indexes, where 0 says none. */
export function olderTombstone(a: number, b: number): number {
  if (a === 0) return b;
  if (b === 0) return a;
  return Math.min(a, b);
}

/** Number of entries or children. */
export function widthOf(node: TreeNode): number {
  return node.isLeaf ? node.items.length : node.children.length;
}

/** Makes a leaf of entries in order. */
export function makeLeaf(owner: Owner, items: Entry[]): Leaf {
  const leaf: Leaf = { owner, live: 0, maxChange: 0, oldestTombstone: 0, isLeaf: true, items };
  summarizeLeaf(leaf);
  return leaf;
}

/** Makes a branch of children in order. */
export function makeBranch(owner: Owner, children: TreeNode[], lows: readonly Position[]): Branch {
  const branch: Branch = {
    owner,
    live: 0,
    maxChange: 0,
    oldestTombstone: 0,
    isLeaf: false,
    children,
    lows,
  };
  summarizeBranch(branch);
  return branch;
}

/** Recomputes what a leaf says about its entries. */
export function summarizeLeaf(leaf: Leaf): void {
  let live = 0;
  let maxChange = 0;
  let oldest = 0;
  for (const { row, change } of leaf.items) {
    if (change > maxChange) maxChange = change;
    if (row) live++;
    else oldest = olderTombstone(oldest, change);
  }
  leaf.live = live;
  leaf.maxChange = maxChange;
  leaf.oldestTombstone = oldest;
}

/** Recomputes what a branch says about its children. */
export function summarizeBranch(branch: Branch): void {
  let live = 0;
  let maxChange = 0;
  let oldest = 0;
  for (const child of branch.children) {
    live += child.live;
    if (child.maxChange > maxChange) maxChange = child.maxChange;
    oldest = olderTombstone(oldest, child.oldestTombstone);
  }
  branch.live = live;
  branch.maxChange = maxChange;
  branch.oldestTombstone = oldest;
}

/** First position of a node. A fresh object, so that a bound does not keep an old row in memory. */
export function lowOf(node: TreeNode): Position {
  if (!node.isLeaf) return node.lows[0]!;
  const { key, id } = node.items[0]!;
  return { key, id };
}

/** Offset of the first entry at or after (key, id). */
export function lowerBound(items: readonly Entry[], key: string, id: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle]!;
    // Nothing is below the empty id: of primary trees, one comparison of strings is enough.
    if (item.key < key || (id !== '' && item.key === key && item.id < id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Offset of the child that (key, id) belongs to. */
export function childFor(lows: readonly Position[], key: string, id: string): number {
  let low = 1;
  let high = lows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const bound = lows[middle]!;
    if (bound.key < key || (bound.key === key && bound.id <= id)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
