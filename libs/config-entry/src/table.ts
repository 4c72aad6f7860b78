import { compositeKey, defineTable } from '@mesh/state';
import type { ConfigEntry } from './types.ts';

/** Entries by kind and name. */
export const configEntries = defineTable<ConfigEntry>({
  name: 'config-entries',
  id: ({ Kind, Name }) => entryKey(Kind, Name),
  indexes: {},
});

/** Names know case. */
export function entryKey(kind: string, name: string): string {
  return compositeKey(kind, name);
}
