import { txnRoutes } from '@mesh/api-contract';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { deniedOperations, readableOutcome } from './access.ts';
import { readAll, TXN_APPLY, type TxnPayload } from './commands.ts';
import type { TxnOperation, TxnOutcome } from './types.ts';

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
  guard: 'own',
  prepare: ({ operations }, { datacenter, authorizer, view }) => {
    const denied = deniedOperations(authorizer, operations, view);
    if (denied.length > 0) return { answer: { Results: null, Errors: denied } };
    const payload = {
      operations: operations.map((operation) => completed(operation, datacenter)),
    };
    return { command: named, payload, shown: (outcome) => readableOutcome(authorizer, outcome) };
  },
};

/** A node belongs to the datacenter whose leader stores it, unless it says another. */
function completed(operation: TxnOperation, datacenter: string): TxnOperation {
  if (operation.kind !== 'node' || operation.node.Datacenter !== '') return operation;
  return { ...operation, node: { ...operation.node, Datacenter: datacenter } };
}

/** Operations that only look, from one view; no log entry. */
export const txnRead: ReadEndpoint<TxnPayload, TxnOutcome> = {
  kind: 'read',
  method: 'Txn.Read',
  acl: txnRoutes.apply.acl,
  guard: 'own',
  run: (view, { operations }, { authorizer }) => {
    const denied = deniedOperations(authorizer, operations, view);
    if (denied.length > 0) return { Results: null, Errors: denied };
    return readableOutcome(authorizer, readAll(view, operations));
  },
};
