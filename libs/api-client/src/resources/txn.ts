import { txnRoutes } from '@mesh/api-contract';
import { base64Encode, utf8Bytes } from '@mesh/base';
import type { ClientCore } from '../client-core.ts';
import type { CallOptions } from '../options.ts';

/** Operations on keys. */
export type KvVerb =
  | 'set'
  | 'cas'
  | 'lock'
  | 'unlock'
  | 'get'
  | 'get-or-empty'
  | 'get-tree'
  | 'check-index'
  | 'check-session'
  | 'check-not-exists'
  | 'delete'
  | 'delete-tree'
  | 'delete-cas';

export interface KvOperation {
  readonly Verb: KvVerb;
  readonly Key: string;
  readonly Value?: string | Uint8Array;
  readonly Flags?: number;
  readonly Index?: number;
  readonly Session?: string;
}

/** One operation: on a key, or as the API has it on nodes, services and checks. */
export type TxnOperation =
  | { readonly KV: KvOperation }
  | { readonly Node: unknown }
  | { readonly Service: unknown }
  | { readonly Check: unknown };

export interface TxnError {
  /** Position of the operation that failed. */
  readonly OpIndex: number;
  readonly What: string;
}

export interface TxnResult {
  /** True when all was applied; else nothing was. */
  readonly applied: boolean;
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly errors: readonly TxnError[];
}

/** At most this many operations at once. */
export const TXN_MAX_OPERATIONS = 64;

/** Several operations as one. */
export class TxnApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Applies all operations or none. @returns what they gave, or which of them failed */
  async apply(operations: readonly TxnOperation[], options?: CallOptions): Promise<TxnResult> {
    const body = operations.map((operation) =>
      'KV' in operation ? { KV: encode(operation.KV) } : operation,
    );
    const change = { route: txnRoutes.apply, body, idempotent: false, accepts: [409] };
    const reply = await this.#core.change(change, options);
    const answer = JSON.parse(reply.body) as { Results: never[] | null; Errors: TxnError[] | null };
    return {
      applied: reply.status === 200,
      results: answer.Results ?? [],
      errors: answer.Errors ?? [],
    };
  }
}

function encode(operation: KvOperation): object {
  const { Value } = operation;
  if (Value === undefined) return operation;
  return {
    ...operation,
    Value: base64Encode(typeof Value === 'string' ? utf8Bytes(Value) : Value),
  };
}
