import type { StateView } from '@mesh/state';
import { configEntries, entryKey } from './table.ts';
import type { ConfigEntry, ConfigKind } from './types.ts';

/** One entry, if it is there. */
export function configEntry<T extends ConfigEntry>(
  view: StateView,
  kind: T['Kind'],
  name: string,
): T | undefined {
  return view.get(configEntries, entryKey(kind, name)) as T | undefined;
}

/** Entries of a kind, or of all, in the order of kind and name. */
export function configEntriesOf(view: StateView, kind: ConfigKind | ''): readonly ConfigEntry[] {
  return [...view.prefix(configEntries, kind === '' ? '' : entryKey(kind, ''))];
}
