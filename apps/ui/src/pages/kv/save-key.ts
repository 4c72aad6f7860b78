import { type Content, contentOf, type EditState, receive } from './edit-state.ts';
import type { Pair } from './kv-pair.ts';
import type { KeyWrite } from './kv-requests.ts';

/** Rounds in which only the lock had moved, before it is given up. */
const MAX_ROUNDS = 5;

/** How a key is read and written, for the one key that is saved. */
export interface KeyAccess {
  readonly read: () => Promise<Pair | undefined>;
  /** False when the condition did not hold. */
  readonly write: (write: KeyWrite) => Promise<boolean>;
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly content: Content }
  /** Others made something else of the key; nothing was written. Undefined: they deleted it. */
  | { readonly kind: 'conflict'; readonly pair: Pair | undefined };

/**
 * Saves an edit, provided that the key is still what the edit began from. Where its index moved and its content
 * did not, as when a lock is taken, it is saved upon the new index.
 */
export async function saveKey(access: KeyAccess, edit: EditState): Promise<SaveOutcome> {
  let state = edit;
  const content = contentOf(state);
  if (!content) throw new Error('the value or the flags are wrong');
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const cas = state.base?.modifyIndex ?? 0;
    if (await access.write({ ...content, cas })) return { kind: 'saved', content };
    const pair = await access.read();
    const next = receive(state, pair);
    const isElse = next.theirs !== undefined || next.updates !== state.updates;
    if (isElse) return { kind: 'conflict', pair };
    state = next;
  }
  throw new Error('the key changes faster than it can be saved: try again');
}
