// For server and http.
export { txnApply, txnRead } from './endpoint.ts';
export type { TxnHttpDeps } from './http.ts';
export { txnHttpRoutes } from './http.ts';
export { txnResource } from './resource.ts';
export type { TxnError, TxnOperation, TxnOutcome, TxnResult } from './types.ts';
