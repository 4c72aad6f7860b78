import { MeshError } from '@mesh/base';
import { defineCommand, type ReplicaChange } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { intentionOfPair } from './queries.ts';
import { destinationOf, intentions, sourceOf } from './table.ts';
import type { NewIntention } from './types.ts';

/** Stores an intention, new or in the place of an older one; answers its ID. */
export const intentionStore = defineCommand<NewIntention, string>(
  'intention.store',
  (txn, intention, { index }) => {
    // Once more here: between the leader's look and this entry, the pair may have been taken.
    requireFreePair(txn, intention);
    const existing = txn.get(intentions, intention.ID);
    txn.put(intentions, {
      ...intention,
      CreatedAt: existing?.CreatedAt ?? intention.CreatedAt,
      CreateIndex: existing?.CreateIndex ?? index,
      ModifyIndex: index,
    });
    return intention.ID;
  },
);

/** Takes over intentions of the primary datacenter, complete as they are there. */
export const intentionsReplicate = defineCommand<ReplicaChange<NewIntention>, true>(
  'intention.replicate',
  (txn, { set, remove }, { index }) => {
    for (const id of remove) txn.delete(intentions, id);
    for (const intention of set) {
      const existing = txn.get(intentions, intention.ID);
      const CreateIndex = existing?.CreateIndex ?? index;
      txn.put(intentions, { ...intention, CreateIndex, ModifyIndex: index });
    }
    return true;
  },
);

/** Deletes an intention; false when there was none. */
export const intentionRemove = defineCommand<{ readonly id: string }, boolean>(
  'intention.remove',
  (txn, { id }) => txn.delete(intentions, id),
);

/** Throws `conflict` when another intention joins the same names. */
export function requireFreePair(view: StateView, intention: NewIntention): void {
  const other = intentionOfPair(view, sourceOf(intention), destinationOf(intention));
  if (!other || other.ID === intention.ID) return;
  const { Action, SourceNS, SourceName, DestinationNS, DestinationName, ID, Precedence } = other;
  const pair = `${SourceNS}/${SourceName} => ${DestinationNS}/${DestinationName}`;
  throw new MeshError(
    'conflict',
    `duplicate intention found: ${Action.toUpperCase()} ${pair} (ID: ${ID}, Precedence: ${Precedence})`,
  );
}
