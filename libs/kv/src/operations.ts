/** Changes of keys inside a log entry; used by the commands of this lib and by transactions. */
import type { KvPair, Session } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { ApplyContext } from '@mesh/resource';
import { MAX_LOCK_DELAY_NS, requireSessionId, sessionById } from '@mesh/session';
import type { WriteTxn } from '@mesh/state';
import { kvPairs, lockDelays, sortableMs } from './table.ts';
import type { KvOperation, KvWrite } from './types.ts';

/**
 * Lock delays that a log entry drops beyond those that it adds: the table shrinks to what is still
 * running, yet no entry has to walk a long backlog.
 */
const PRUNE_SURPLUS = 64;

/**
 * Applies one operation; true when it took effect. Throws `invalid-argument` for a session that is
 * not there.
 */
export function applyOperation(
  txn: WriteTxn,
  operation: KvOperation,
  context: ApplyContext,
): boolean {
  switch (operation.op) {
    case 'set':
      setKey(txn, operation, context);
      return true;
    case 'cas':
      return casKey(txn, operation, context);
    case 'lock':
      return lockKey(txn, operation, context);
    case 'unlock':
      return unlockKey(txn, operation, context);
    case 'delete':
      txn.delete(kvPairs, operation.key);
      return true;
    case 'delete-cas':
      return deleteCas(txn, operation.key, operation.index);
    case 'delete-tree':
      txn.deletePrefix(kvPairs, operation.key);
      return true;
  }
}

function setKey(txn: WriteTxn, write: KvWrite, context: ApplyContext): void {
  // A plain write leaves the lock with its holder, but starts the count of acquisitions anew.
  const existing = txn.get(kvPairs, write.key);
  store(txn, existing, write, context, existing?.Session, 0);
}

function casKey(
  txn: WriteTxn,
  write: KvWrite & { readonly index: number },
  context: ApplyContext,
): boolean {
  const existing = txn.get(kvPairs, write.key);
  // Index 0 means: only if there is no such key.
  if ((existing?.ModifyIndex ?? 0) !== write.index) return false;
  setKey(txn, write, context);
  return true;
}

function lockKey(
  txn: WriteTxn,
  write: KvWrite & { readonly session: string },
  context: ApplyContext,
): boolean {
  const session = requireSession(txn, write.session);
  const existing = txn.get(kvPairs, write.key);
  if (existing?.Session !== undefined && existing.Session !== session.ID) return false;
  const delay = txn.get(lockDelays, write.key);
  if (delay && existing?.Session === undefined) {
    if (delay.untilMs > context.proposedAtMs) return false;
    txn.delete(lockDelays, write.key);
  }
  const isHeld = existing?.Session === session.ID;
  const lockIndex = (existing?.LockIndex ?? 0) + (isHeld ? 0 : 1);
  store(txn, existing, write, context, session.ID, lockIndex);
  return true;
}

function unlockKey(
  txn: WriteTxn,
  write: KvWrite & { readonly session: string },
  context: ApplyContext,
): boolean {
  if (write.session === '') throw invalid('missing session');
  const existing = txn.get(kvPairs, write.key);
  // Session ids are stored in lower case; a client may write its own as it likes.
  if (existing?.Session === undefined || existing.Session !== write.session.toLowerCase()) {
    return false;
  }
  store(txn, existing, write, context, undefined, existing.LockIndex);
  return true;
}

function deleteCas(txn: WriteTxn, key: string, index: number): boolean {
  const existing = txn.get(kvPairs, key);
  if (!existing) return true;
  if (existing.ModifyIndex !== index) return false;
  txn.delete(kvPairs, key);
  return true;
}

function requireSession(txn: WriteTxn, id: string): Session {
  if (id === '') throw invalid('missing session');
  const session = sessionById(txn, requireSessionId(id));
  if (!session) throw invalid(`invalid session "${id}"`);
  return session;
}

/** Stores a pair unless it is there already, byte for byte: an idle write wakes nobody. */
function store(
  txn: WriteTxn,
  existing: KvPair | undefined,
  { key, value, flags }: KvWrite,
  { index }: ApplyContext,
  session: string | undefined,
  lockIndex: number,
): void {
  const isSame =
    existing !== undefined &&
    existing.Flags === flags &&
    existing.Session === session &&
    existing.LockIndex === lockIndex &&
    sameBytes(existing.Value, value);
  if (isSame) return;
  const CreateIndex = existing?.CreateIndex ?? index;
  const pair: KvPair = {
    LockIndex: lockIndex,
    Key: key,
    Flags: flags,
    Value: value.length === 0 ? null : value,
    ...(session !== undefined && { Session: session }),
    CreateIndex,
    ModifyIndex: index,
  };
  txn.put(kvPairs, pair);
}

function sameBytes(a: Uint8Array | null, b: Uint8Array): boolean {
  if (a === null) return b.length === 0;
  if (a.length !== b.length) return false;
  for (let at = 0; at < b.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/**
 * Gives up the locks of a session that has ended: releases the keys or deletes them, and bars them
 * from being locked anew for the session's lock delay.
 */
export function releaseLocks(txn: WriteTxn, context: ApplyContext, session: Session): void {
  const held = [...txn.getBy(kvPairs, 'session', session.ID)];
  pruneLockDelays(txn, context, held.length + PRUNE_SURPLUS);
  const delayMs = Math.min(session.LockDelay, MAX_LOCK_DELAY_NS) / 1e6;
  for (const pair of held) {
    if (session.Behavior === 'delete') txn.delete(kvPairs, pair.Key);
    else {
      const { Session: _holder, ...released } = pair;
      txn.put(kvPairs, { ...released, ModifyIndex: context.index });
    }
    if (delayMs > 0) {
      txn.put(lockDelays, { key: pair.Key, untilMs: context.proposedAtMs + delayMs });
    }
  }
}

function pruneLockDelays(txn: WriteTxn, { proposedAtMs }: ApplyContext, limit: number): void {
  const now = sortableMs(proposedAtMs);
  const expired: string[] = [];
  for (const delay of txn.prefixBy(lockDelays, 'until', '')) {
    if (sortableMs(delay.untilMs) >= now || expired.length === limit) break;
    expired.push(delay.key);
  }
  for (const key of expired) txn.delete(lockDelays, key);
}
