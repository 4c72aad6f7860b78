import { MeshError } from '@mesh/base';
import type { CatalogHooks } from '@mesh/catalog';
import { type Command, defineCommand, Rollback } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { applyCatalog, readCatalog } from './catalog-operations.ts';
import { applyKv, readKv } from './kv-operations.ts';
import type { TxnError, TxnOperation, TxnOutcome, TxnResult } from './types.ts';

/** Type of the log entry of a transaction. */
export const TXN_APPLY = 'txn.apply';

export interface TxnPayload {
  readonly operations: readonly TxnOperation[];
}

/** A whole transaction as one log entry: one failed operation undoes all. */
export function txnCommand(hooks: CatalogHooks): Command<TxnPayload, TxnOutcome> {
  return defineCommand(TXN_APPLY, (txn, { operations }, context) => {
    const outcome = runAll(operations, (operation) =>
      operation.kind === 'kv'
        ? applyKv(txn, operation, context)
        : applyCatalog(txn, operation, context, hooks),
    );
    if (outcome.Errors) throw new Rollback(outcome);
    return outcome;
  });
}

/** A transaction of operations that only look. */
export function readAll(view: StateView, operations: readonly TxnOperation[]): TxnOutcome {
  return runAll(operations, (operation) =>
    operation.kind === 'kv' ? readKv(view, operation) : readCatalog(view, operation),
  );
}

function runAll(
  operations: readonly TxnOperation[],
  run: (operation: TxnOperation) => readonly TxnResult[],
): TxnOutcome {
  const results: TxnResult[] = [];
  const errors: TxnError[] = [];
  operations.forEach((operation, at) => {
    try {
      results.push(...run(operation));
    } catch (thrown) {
      if (!(thrown instanceof MeshError)) throw thrown;
      errors.push({ OpIndex: at, What: thrown.message });
    }
  });
  return errors.length > 0 ? { Results: null, Errors: errors } : { Results: results, Errors: null };
}
