import type { State } from './state.ts';
import { findEntry, type KeyMatch, maxChangeOf } from './tree-read.ts';
import type { Dependencies } from './view.ts';

/** Up to this many are searched one by one; more get a set. */
const LINEAR_LIMIT = 8;

/** One thing that a query read: a key of a tree, or all keys with a prefix. */
export interface Dependency {
  readonly tree: number;
  readonly match: KeyMatch;
  readonly key: string;
}

/**
 * What a finished query read, as of which state. Ten thousand of these may be parked: two arrays
 * each.
 */
export class ReadSet implements Dependencies {
  readonly index: number;
  /** Log index of the view that was read. */
  readonly readAtIndex: number;
  readonly generation: number;
  readonly entries: readonly Dependency[];
  /** Last state that was compared: an answer is asked again and again whether it is still right. */
  private unchangedAtIndex: number;

  constructor(index: number, state: State, entries: readonly Dependency[]) {
    this.index = index;
    this.readAtIndex = state.index;
    this.unchangedAtIndex = state.index;
    this.generation = state.generation;
    this.entries = entries;
  }

  get size(): number {
    return this.entries.length;
  }

  /** Whether anything that was read has changed in a later state. */
  changedIn(state: State): boolean {
    if (state.generation !== this.generation) return true;
    if (state.index === this.unchangedAtIndex) return false;
    const since = this.readAtIndex;
    for (const dependency of this.entries) {
      const { tree } = dependency;
      const newest = state.trees[tree]?.maxChange ?? 0;
      if (newest <= since && state.reapFloors[tree]! <= since) continue;
      if (changeIndexOf(state, dependency, since) > since) return true;
    }
    this.unchangedAtIndex = state.index;
    return false;
  }
}

/**
 * Highest change index of what a dependency covers; what was reaped counts as its tree's reap
 * floor, so that the index of a query never goes backward. Parts of it no higher than `atMost` may
 * be left out.
 */
function changeIndexOf(state: State, dependency: Dependency, atMost: number): number {
  const { tree, match, key } = dependency;
  const root = state.trees[tree];
  const floor = state.reapFloors[tree]!;
  // Whatever was reaped at the place of a row is older than the row.
  if (match === 'row') return findEntry(root, key, '')?.change ?? floor;
  if (!root || root.maxChange <= atMost) return floor;
  const found = maxChangeOf(root, match, key);
  return Math.max(found, floor);
}

/** Collects what a query reads while it runs. */
export class ReadRecorder {
  private readonly state: State;
  private readonly entries: Dependency[] = [];
  private seen: Set<string> | undefined;
  private highest: number;

  constructor(state: State) {
    this.state = state;
    this.highest = Math.max(1, state.indexFloor);
  }

  /** A read of one primary key whose entry the caller has found already. */
  recordRow(tree: number, key: string, change: number): void {
    if (change > this.highest) this.highest = change;
    this.add(tree, 'row', key);
  }

  /** A read that covers keys of a tree. */
  record(tree: number, match: KeyMatch, key: string): void {
    if (!this.add(tree, match, key)) return;
    const change = changeIndexOf(this.state, { tree, match, key }, this.highest);
    if (change > this.highest) this.highest = change;
  }

  finish(): ReadSet {
    return new ReadSet(this.highest, this.state, this.entries.slice());
  }

  private add(tree: number, match: KeyMatch, key: string): boolean {
    if (this.entries.length < LINEAR_LIMIT) {
      for (const other of this.entries) {
        if (other.tree === tree && other.match === match && other.key === key) return false;
      }
    } else {
      this.seen ??= new Set(this.entries.map((e) => signature(e.tree, e.match, e.key)));
      const signed = signature(tree, match, key);
      if (this.seen.has(signed)) return false;
      this.seen.add(signed);
    }
    this.entries.push({ tree, match, key });
    return true;
  }
}

function signature(tree: number, match: KeyMatch, key: string): string {
  return `${tree} ${match} ${key}`;
}
