import { AGENT_KEYS } from './all-keys.ts';
import type { ConfigKey } from './key.ts';

/**
 * A step of a dotted key: a key itself, or the way to others, or both (a group, a list of objects).
 */
export interface KeyNode {
  readonly key: ConfigKey | undefined;
  readonly children: ReadonlyMap<string, KeyNode>;
}

interface GrowingNode {
  key: ConfigKey | undefined;
  readonly children: Map<string, GrowingNode>;
}

/** All keys of configuration files as a tree of lower-case names. */
export const KEY_TREE: KeyNode = grow(AGENT_KEYS);

function grow(keys: readonly ConfigKey[]): KeyNode {
  const root: GrowingNode = { key: undefined, children: new Map() };
  for (const key of keys) {
    let node = root;
    for (const step of key.name.split('.')) {
      let child = node.children.get(step);
      if (child === undefined) {
        child = { key: undefined, children: new Map() };
        node.children.set(step, child);
      }
      node = child;
    }
    node.key = key;
  }
  return root;
}

/**
 * The name most like a wrong one, for "did you mean"; undefined where none is near (2 slips at
 * most, and fewer than half of the letters).
 */
export function nearestName(wrong: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestSlips = Math.min(2, Math.ceil(wrong.length / 2) - 1) + 1;
  for (const name of names) {
    const slips = editDistance(wrong.toLowerCase(), name, bestSlips);
    if (slips < bestSlips) {
      best = name;
      bestSlips = slips;
    }
  }
  return best;
}

/** Levenshtein distance, or `limit` when it is at least that. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replace = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return Math.min(row[right.length]!, limit);
}
