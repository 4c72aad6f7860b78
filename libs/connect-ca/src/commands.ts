import { MeshError } from '@mesh/base';
import { defineCommand } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { caConfigurations, caRoots } from './table.ts';
import type { StoredConfiguration, StoredRoot } from './types.ts';

type WithoutIndex<T> = Omit<T, 'CreateIndex' | 'ModifyIndex'>;

/** A configuration, and the authority that goes with it where it is another one. */
export interface StoreAuthority {
  readonly configuration: WithoutIndex<StoredConfiguration>;
  /** Signs from now on; null leaves the active one. */
  readonly root: WithoutIndex<StoredRoot> | null;
  /** Index of the configuration that was looked at; 0 for none. Another one refuses the command. */
  readonly expectedIndex: number;
}

/** Stores a configuration, and makes another authority the active one. Old ones stay trusted. */
export const authorityStore = defineCommand<StoreAuthority, boolean>(
  'connect-ca.store',
  (txn, { configuration, root, expectedIndex }, { index, proposedAtMs }) => {
    const existing = requireUnchanged(txn, expectedIndex);
    const CreateIndex = existing?.CreateIndex ?? index;
    txn.put(caConfigurations, { ...configuration, CreateIndex, ModifyIndex: index });
    if (!root) return true;
    for (const old of [...txn.prefix(caRoots, '')]) {
      if (!old.Active || old.ID === root.ID) continue;
      const retired = { ...old, Active: false, rotatedOutAtMs: proposedAtMs };
      txn.put(caRoots, { ...retired, ModifyIndex: index });
    }
    const known = txn.get(caRoots, root.ID);
    txn.put(caRoots, { ...root, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index });
    return true;
  },
);

/** The authorities of the primary datacenter, as this one trusts them. */
export interface StoreForeign {
  readonly configuration: WithoutIndex<StoredConfiguration>;
  readonly roots: readonly WithoutIndex<StoredRoot>[];
  /** Index of the configuration that was looked at; 0 for none. Another one refuses the command. */
  readonly expectedIndex: number;
}

/** Stores the authorities of the primary datacenter in place of all that were. */
export const foreignStore = defineCommand<StoreForeign, boolean>(
  'connect-ca.store-foreign',
  (txn, { configuration, roots, expectedIndex }, { index }) => {
    const existing = requireUnchanged(txn, expectedIndex);
    const CreateIndex = existing?.CreateIndex ?? index;
    txn.put(caConfigurations, { ...configuration, CreateIndex, ModifyIndex: index });
    const kept = new Set(roots.map(({ ID }) => ID));
    for (const old of [...txn.prefix(caRoots, '')]) {
      if (!kept.has(old.ID)) txn.delete(caRoots, old.ID);
    }
    for (const root of roots) {
      const known = txn.get(caRoots, root.ID);
      txn.put(caRoots, { ...root, CreateIndex: known?.CreateIndex ?? index, ModifyIndex: index });
    }
    return true;
  },
);

function requireUnchanged(view: StateView, expectedIndex: number): StoredConfiguration | undefined {
  const existing = view.get(caConfigurations, 'configuration');
  if ((existing?.ModifyIndex ?? 0) === expectedIndex) return existing;
  throw new MeshError('conflict', 'the CA configuration was changed meanwhile, try again');
}

/** Forgets an authority that is not active any more; false when there is none such. */
export const rootRemove = defineCommand<{ readonly id: string }, boolean>(
  'connect-ca.remove-root',
  (txn, { id }) => (txn.get(caRoots, id)?.Active === false ? txn.delete(caRoots, id) : false),
);
