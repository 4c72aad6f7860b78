import type { KvPair } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { kvPairs } from './table.ts';

/** The pair of a key, if there is one. */
export function pairOf(view: StateView, key: string): KvPair | undefined {
  return view.get(kvPairs, key);
}

/** Pairs whose keys start with a prefix, in order. */
export function pairsUnder(view: StateView, prefix: string): readonly KvPair[] {
  return [...view.prefix(kvPairs, prefix)];
}

/**
 * Keys under a prefix, in order; with a separator each is cut after its first occurrence beyond the
 * prefix, and what comes out equal is listed once: the folders of a tree.
 */
export function keysUnder(view: StateView, prefix: string, separator: string): readonly string[] {
  const keys: string[] = [];
  for (const { Key } of view.prefix(kvPairs, prefix)) {
    const at = separator === '' ? -1 : Key.indexOf(separator, prefix.length);
    const shown = at < 0 ? Key : Key.slice(0, at + separator.length);
    if (shown !== keys[keys.length - 1]) keys.push(shown);
  }
  return keys;
}
