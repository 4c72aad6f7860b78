import {
  type Branch,
  childFor,
  type Entry,
  type Leaf,
  lowerBound,
  type Tree,
  type TreeNode,
} from './tree-node.ts';

/** The entry at a position, tombstone or not. */
export function findEntry(tree: Tree, key: string, id: string): Entry | undefined {
  let node = tree;
  if (!node) return undefined;
  while (!node.isLeaf) node = node.children[childFor(node.lows, key, id)]!;
  const item = node.items[lowerBound(node.items, key, id)];
  return item && item.key === key && item.id === id ? item : undefined;
}

/**
 * Which entries a read covers: the one with this primary key, all with this secondary key, or all
 * whose key starts with it.
 */
export type KeyMatch = 'row' | 'key' | 'prefix';

/** Whether a key at or after the lower bound of a range still belongs to it. */
export function covers(match: KeyMatch, wanted: string, key: string): boolean {
  return match === 'prefix' ? key.startsWith(wanted) : key === wanted;
}

/**
 * Highest change index of all entries (tombstones too) that a read covers; 0 when there are none.
 */
export function maxChangeOf(tree: Tree, match: KeyMatch, wanted: string): number {
  if (!tree) return 0;
  if (match === 'prefix' && wanted === '') return tree.maxChange;
  return maxInNode(tree, match, wanted);
}

function maxInNode(node: TreeNode, match: KeyMatch, wanted: string): number {
  let max = 0;
  if (node.isLeaf) {
    const { items } = node;
    for (let i = lowerBound(items, wanted, ''); i < items.length; i++) {
      const item = items[i]!;
      if (!covers(match, wanted, item.key)) break;
      if (item.change > max) max = item.change;
    }
    return max;
  }
  const { children, lows } = node;
  const first = childFor(lows, wanted, '');
  for (let i = first; i < children.length; i++) {
    if (i > first && !covers(match, wanted, lows[i]!.key)) break;
    const child = children[i]!;
    if (child.maxChange <= max) continue;
    // Both ends of the child inside the range: its summary answers. Else look into it.
    const after = lows[i + 1];
    const whole = i > first && after !== undefined && covers(match, wanted, after.key);
    const found = whole ? child.maxChange : maxInNode(child, match, wanted);
    if (found > max) max = found;
  }
  return max;
}

/** Walks the rows of a tree in order from any place, skipping whole subtrees of tombstones. */
export class Cursor {
  private readonly root: Tree;
  private readonly branches: Branch[] = [];
  private readonly offsets: number[] = [];
  private leaf: Leaf | undefined;
  private at = 0;

  constructor(tree: Tree) {
    this.root = tree;
  }

  /** Stands before the first entry whose key is at or after `key`. */
  seek(key: string): void {
    this.descend((lows) => childFor(lows, key, ''));
    if (this.leaf) this.at = lowerBound(this.leaf.items, key, '');
  }

  /** Stands before the first entry whose key is after `key`. */
  seekPast(key: string): void {
    this.descend((lows) => {
      let low = 1;
      let high = lows.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (lows[middle]!.key <= key) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    });
    if (!this.leaf) return;
    const { items } = this.leaf;
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (items[middle]!.key <= key) low = middle + 1;
      else high = middle;
    }
    this.at = low;
  }

  /** Next entry that is a row. */
  next(): Entry | undefined {
    while (this.leaf) {
      const { items } = this.leaf;
      while (this.at < items.length) {
        const item = items[this.at++]!;
        if (item.row) return item;
      }
      this.nextLeaf();
    }
    return undefined;
  }

  private descend(choose: (lows: Branch['lows']) => number): void {
    this.branches.length = 0;
    this.offsets.length = 0;
    let node = this.root;
    while (node && !node.isLeaf) {
      const offset = choose(node.lows);
      this.branches.push(node);
      this.offsets.push(offset);
      node = node.children[offset];
    }
    this.leaf = node;
  }

  private nextLeaf(): void {
    this.leaf = undefined;
    while (this.branches.length > 0) {
      const depth = this.branches.length - 1;
      const { children } = this.branches[depth]!;
      let offset = this.offsets[depth]! + 1;
      while (offset < children.length && children[offset]!.live === 0) offset++;
      if (offset >= children.length) {
        this.branches.pop();
        this.offsets.pop();
        continue;
      }
      this.offsets[depth] = offset;
      this.enterFirst(children[offset]!);
      return;
    }
  }

  private enterFirst(start: TreeNode): void {
    let node = start;
    while (!node.isLeaf) {
      this.branches.push(node);
      this.offsets.push(0);
      node = node.children[0]!;
    }
    this.leaf = node;
    this.at = 0;
  }
}
