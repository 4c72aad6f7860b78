import type { KvPair } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { applyOperation, type KvOperation, pairOf, pairsUnder } from '@mesh/kv';
import type { ApplyContext } from '@mesh/resource';
import type { StateView, WriteTxn } from '@mesh/state';
import type { KvTxnOperation, TxnResult } from './types.ts';

/**
 * Applies an operation on a key; throws MeshError when it fails, which undoes the whole
 * transaction.
 */
export function applyKv(
  txn: WriteTxn,
  operation: KvTxnOperation,
  context: ApplyContext,
): readonly TxnResult[] {
  requireKey(operation);
  const { verb, key, value, flags, index, session } = operation;
  const write = { key, value, flags };
  switch (verb) {
    case 'set':
      return changed(txn, { op: 'set', ...write }, context, '');
    case 'cas':
      return changed(
        txn,
        { op: 'cas', ...write, index },
        context,
        `failed to set key "${key}", index is stale`,
      );
    case 'lock':
      return changed(txn, { op: 'lock', ...write, session }, context, lockFailure(txn, key));
    case 'unlock':
      return changed(
        txn,
        { op: 'unlock', ...write, session },
        context,
        `failed to unlock key "${key}", lock isn't held, or is held by another session`,
      );
    case 'delete':
      return removed(txn, { op: 'delete', key }, context, '');
    case 'delete-tree':
      return removed(txn, { op: 'delete-tree', key }, context, '');
    case 'delete-cas':
      return removed(
        txn,
        { op: 'delete-cas', key, index },
        context,
        `failed to delete key "${key}", index is stale`,
      );
    default:
      return readKv(txn, operation);
  }
}

/** Why a session that exists may not have a lock. */
function lockFailure(view: StateView, key: string): string {
  const isHeld = pairOf(view, key)?.Session !== undefined;
  const why = isHeld ? ', lock is already held' : ' due to lock delay';
  return `failed to lock key "${key}"${why}`;
}

/** The verbs that only look; also those of transactions that only read. */
export function readKv(view: StateView, operation: KvTxnOperation): readonly TxnResult[] {
  requireKey(operation);
  const { verb, key, index, session } = operation;
  const pair = pairOf(view, key);
  switch (verb) {
    case 'get':
      if (!pair) throw invalid(`key "${key}" doesn't exist`);
      return [{ KV: pair }];
    case 'get-tree':
      return pairsUnder(view, key).map((found) => ({ KV: found }));
    case 'check-index':
      if (!pair) throw invalid(`failed index check for key "${key}", key does not exist`);
      if (pair.ModifyIndex === index) return [{ KV: withoutValue(pair) }];
      throw invalid(
        `failed index check for key "${key}", current modify index ${pair.ModifyIndex} != ${index}`,
      );
    case 'check-session':
      if (!pair) throw invalid(`failed session check for key "${key}", key does not exist`);
      if ((pair.Session ?? '') === session.toLowerCase()) return [{ KV: withoutValue(pair) }];
      throw invalid(
        `failed session check for key "${key}", current session "${pair.Session ?? ''}" != "${session}"`,
      );
    case 'check-not-exists':
      if (pair) throw invalid(`key "${key}" exists`);
      return [];
    default:
      throw invalid(`unknown KV verb "${verb}"`);
  }
}

function changed(
  txn: WriteTxn,
  operation: KvOperation,
  context: ApplyContext,
  failure: string,
): readonly TxnResult[] {
  if (!applyOperation(txn, operation, context)) throw invalid(failure);
  // Writes answer with the new indexes, not with what the client has just sent.
  return [{ KV: withoutValue(pairOf(txn, operation.key)!) }];
}

function removed(
  txn: WriteTxn,
  operation: KvOperation,
  context: ApplyContext,
  failure: string,
): readonly TxnResult[] {
  if (!applyOperation(txn, operation, context)) throw invalid(failure);
  return [];
}

function withoutValue(pair: KvPair): KvPair {
  return { ...pair, Value: null };
}

function requireKey({ verb, key }: KvTxnOperation): void {
  if (key === '' && verb !== 'get-tree' && verb !== 'delete-tree')
    throw invalid('Must provide key');
}
