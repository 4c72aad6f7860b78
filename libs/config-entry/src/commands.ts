import { defineCommand, type ReplicaChange } from '@mesh/resource';
import { checkChains } from './chain.ts';
import { configEntry } from './queries.ts';
import { configEntries, entryKey } from './table.ts';
import type { ConfigKind, NewConfigEntry } from './types.ts';

/** An entry to be stored. */
export interface StoreEntry {
  readonly entry: NewConfigEntry;
  /** ModifyIndex that it must have, 0: it must not be there; null: whatever is there. */
  readonly cas: number | null;
}

/** Stores an entry; false when another one stands there than was expected. */
export const entryStore = defineCommand<StoreEntry, boolean>(
  'config-entry.store',
  (txn, { entry, cas }, { index }) => {
    const existing = configEntry(txn, entry.Kind, entry.Name);
    if (cas !== null && (existing?.ModifyIndex ?? 0) !== cas) return false;
    // Once more here: between the leader's look and this entry, others may have come.
    checkChains(txn, { kind: entry.Kind, name: entry.Name, entry });
    const CreateIndex = existing?.CreateIndex ?? index;
    txn.put(configEntries, { ...entry, CreateIndex, ModifyIndex: index });
    return true;
  },
);

/** Deletes an entry; false when there was none. */
export const entryRemove = defineCommand<
  { readonly kind: ConfigKind; readonly name: string },
  boolean
>('config-entry.remove', (txn, { kind, name }) => {
  checkChains(txn, { kind, name, entry: undefined });
  return txn.delete(configEntries, entryKey(kind, name));
});

/** Takes over entries of the primary datacenter, which has checked them. */
export const entriesReplicate = defineCommand<ReplicaChange<NewConfigEntry>, true>(
  'config-entry.replicate',
  (txn, { set, remove }, { index }) => {
    for (const id of remove) txn.delete(configEntries, id);
    for (const entry of set) {
      const CreateIndex = configEntry(txn, entry.Kind, entry.Name)?.CreateIndex ?? index;
      txn.put(configEntries, { ...entry, CreateIndex, ModifyIndex: index });
    }
    return true;
  },
);
