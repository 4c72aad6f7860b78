import { defineCommand } from '@mesh/resource';
import { applyOperation } from './operations.ts';
import type { KvOperation } from './types.ts';

/** One operation on the key-value store; its result tells whether it took effect. */
export const kvApplyEntry = defineCommand<KvOperation, boolean>(
  'kv.apply',
  (txn, operation, context) => applyOperation(txn, operation, context),
);
