import {
  type Branch,
  childFor,
  type Entry,
  FAN_OUT,
  type Leaf,
  lowerBound,
  lowOf,
  makeBranch,
  makeLeaf,
  type Owner,
  olderTombstone,
  type Position,
  summarizeBranch,
  summarizeLeaf,
  type Tree,
  type TreeNode,
  widthOf,
} from './tree-node.ts';

/**
 * Widest node that reaping makes of two: with room for what comes, so that it is not split again
 * at once.
 */
const MERGED_WIDTH = (FAN_OUT * 3) / 4;

/**
 * Changes trees by copying the path to the change. Nodes that this editor made itself are changed
 * in place, so that many changes of one transaction copy a node once.
 */
export class TreeEditor {
  /** Entry that the last upsert replaced. */
  previous: Entry | undefined;
  private owner: Owner = { brand: 'owner' };

  /** Gives up all nodes made so far: what holds them now will not see later changes. */
  disown(): void {
    this.owner = { brand: 'owner' };
  }

  /** Puts an entry at its position, in the place of what is there. Returns the new root. */
  upsert(tree: Tree, entry: Entry): TreeNode {
    this.previous = undefined;
    if (!tree) return makeLeaf(this.owner, [entry]);
    const root = this.put(tree, entry);
    if (widthOf(root) <= FAN_OUT) return root;
    const right = this.split(root);
    return makeBranch(this.owner, [root, right], [lowOf(root), lowOf(right)]);
  }

  private put(node: TreeNode, entry: Entry): TreeNode {
    return node.isLeaf ? this.putInLeaf(node, entry) : this.putInBranch(node, entry);
  }

  private putInLeaf(old: Leaf, entry: Entry): Leaf {
    const leaf = this.ownLeaf(old);
    const { items } = leaf;
    const at = lowerBound(items, entry.key, entry.id);
    const found = items[at];
    if (found && found.key === entry.key && found.id === entry.id) {
      this.previous = found;
      items[at] = entry;
      if (found.row) leaf.live--;
    } else {
      items.splice(at, 0, entry);
    }
    if (entry.change > leaf.maxChange) leaf.maxChange = entry.change;
    if (entry.row) leaf.live++;
    else leaf.oldestTombstone = olderTombstone(leaf.oldestTombstone, entry.change);
    const replaced = this.previous;
    // The oldest tombstone is gone: only now must the next oldest be looked for.
    if (replaced && !replaced.row && replaced.change === leaf.oldestTombstone) summarizeLeaf(leaf);
    return leaf;
  }

  private putInBranch(old: Branch, entry: Entry): Branch {
    const at = childFor(old.lows, entry.key, entry.id);
    const child = old.children[at]!;
    // Read before the change: the child may be changed in place.
    const liveBefore = child.live;
    const oldestBefore = child.oldestTombstone;
    const next = this.put(child, entry);
    const branch = this.ownBranch(old);
    branch.children[at] = next;
    branch.live += next.live - liveBefore;
    if (next.maxChange > branch.maxChange) branch.maxChange = next.maxChange;
    const oldestMoved = next.oldestTombstone !== oldestBefore;
    if (widthOf(next) > FAN_OUT) {
      const right = this.split(next);
      branch.children.splice(at + 1, 0, right);
      branch.lows = branch.lows.toSpliced(at + 1, 0, lowOf(right));
    }
    if (oldestMoved) summarizeBranch(branch);
    return branch;
  }

  /** Moves the upper half of a node that this editor owns into a new one. */
  private split(node: TreeNode): TreeNode {
    if (node.isLeaf) {
      const right = makeLeaf(this.owner, node.items.splice(node.items.length >>> 1));
      summarizeLeaf(node);
      return right;
    }
    const half = node.children.length >>> 1;
    const right = makeBranch(this.owner, node.children.splice(half), node.lows.slice(half));
    node.lows = node.lows.slice(0, half);
    summarizeBranch(node);
    return right;
  }

  /** Drops tombstones with change index up to `upTo`; `onReaped` hears the highest of each node. */
  reap(tree: Tree, upTo: number, onReaped: (change: number) => void): Tree {
    if (!tree) return undefined;
    let root = this.reapNode(tree, upTo, onReaped);
    while (root && !root.isLeaf && root.children.length === 1) root = root.children[0]!;
    return root;
  }

  private reapNode(node: TreeNode, upTo: number, onReaped: (change: number) => void): Tree {
    if (node.oldestTombstone === 0 || node.oldestTombstone > upTo) return node;
    if (node.isLeaf) {
      let highest = 0;
      const kept = node.items.filter(({ row, change }) => {
        if (row || change > upTo) return true;
        if (change > highest) highest = change;
        return false;
      });
      onReaped(highest);
      return kept.length > 0 ? makeLeaf(this.owner, kept) : undefined;
    }
    const children: TreeNode[] = [];
    const lows: Position[] = [];
    node.children.forEach((child, i) => {
      const left = this.reapNode(child, upTo, onReaped);
      if (left) this.append(children, lows, left, node.lows[i]!);
    });
    return children.length > 0 ? makeBranch(this.owner, children, lows) : undefined;
  }

  /** Adds a child behind the others, or its content to the last of them when both are small. */
  private append(children: TreeNode[], lows: Position[], child: TreeNode, low: Position): void {
    const last = children.at(-1);
    if (last && widthOf(last) + widthOf(child) <= MERGED_WIDTH) {
      children[children.length - 1] = this.merge(last, child, low);
    } else {
      children.push(child);
      lows.push(low);
    }
  }

  private merge(left: TreeNode, right: TreeNode, rightLow: Position): TreeNode {
    if (left.isLeaf && right.isLeaf) return makeLeaf(this.owner, left.items.concat(right.items));
    const [a, b] = [left as Branch, right as Branch];
    const children = a.children.slice();
    const lows = a.lows.slice();
    b.children.forEach((child, i) => {
      // The first low of a branch may lie above entries of its first child; its parent's does not.
      this.append(children, lows, child, i === 0 ? rightLow : b.lows[i]!);
    });
    return makeBranch(this.owner, children, lows);
  }

  private ownLeaf(leaf: Leaf): Leaf {
    if (leaf.owner === this.owner) return leaf;
    return {
      owner: this.owner,
      live: leaf.live,
      maxChange: leaf.maxChange,
      oldestTombstone: leaf.oldestTombstone,
      isLeaf: true,
      items: leaf.items.slice(),
    };
  }

  private ownBranch(branch: Branch): Branch {
    if (branch.owner === this.owner) return branch;
    return {
      owner: this.owner,
      live: branch.live,
      maxChange: branch.maxChange,
      oldestTombstone: branch.oldestTombstone,
      isLeaf: false,
      children: branch.children.slice(),
      lows: branch.lows,
    };
  }
}
