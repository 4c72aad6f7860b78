import type { CatalogNode, HealthCheck, KvPair, NodeService } from '@mesh/api-contract';
import type { LooseCheck, LooseService, NodeInput } from '@mesh/catalog';

/** An operation on a key. */
export interface KvTxnOperation {
  readonly kind: 'kv';
  readonly verb: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly flags: number | bigint;
  readonly index: number;
  readonly session: string;
}

/** An operation on a node; cas verbs compare `index`. */
export interface NodeTxnOperation {
  readonly kind: 'node';
  readonly verb: string;
  readonly node: NodeInput;
  readonly index: number;
}

/** An operation on a service instance of a node. */
export interface ServiceTxnOperation {
  readonly kind: 'service';
  readonly verb: string;
  readonly node: string;
  readonly service: LooseService;
  readonly index: number;
}

/** An operation on a check. */
export interface CheckTxnOperation {
  readonly kind: 'check';
  readonly verb: string;
  readonly check: LooseCheck;
  readonly index: number;
}

export type TxnOperation =
  | KvTxnOperation
  | NodeTxnOperation
  | ServiceTxnOperation
  | CheckTxnOperation;

/** One result row; exactly one property is there. */
export type TxnResult =
  | { readonly KV: KvPair }
  | { readonly Node: CatalogNode }
  | { readonly Service: NodeService }
  | { readonly Check: HealthCheck };

export interface TxnError {
  /** Position of the operation, from 0. */
  readonly OpIndex: number;
  readonly What: string;
}

/** Outcome of a transaction: with errors nothing of it has stayed, and there are no results. */
export interface TxnOutcome {
  readonly Results: readonly TxnResult[] | null;
  readonly Errors: readonly TxnError[] | null;
}
