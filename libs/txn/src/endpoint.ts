import { txnRoutes } from '@mesh/api-contract';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { readAll, TXN_APPLY, type TxnPayload } from './commands.ts';
import type { TxnOutcome } from './types.ts';

/** Only the type travels; the code is bound to the server's hooks. */
const named = {
  type: TXN_APPLY,
  apply: (): TxnOutcome => {
    throw new Error(`${TXN_APPLY} is applied by the state machine`);
  },
};

/** All operations or none. */
export const txnApply: WriteEndpoint<TxnPayload, TxnOutcome> = {
  kind: 'write',
  method: 'Txn.Apply',
  acl: txnRoutes.apply.acl,
  prepare: (payload) => ({ command: named, payload }),
};

/** Operations that only look, from one view; no log entry. */
export const txnRead: ReadEndpoint<TxnPayload, TxnOutcome> = {
  kind: 'read',
  method: 'Txn.Read',
  acl: txnRoutes.apply.acl,
  run: (view, { operations }) => readAll(view, operations),
};
