import { txnRoutes } from '@mesh/api-contract';
import { invalid, MeshError } from '@mesh/base';
import {
  type BoundRoute,
  implement,
  type ReadConsistency,
  type Reply,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import { decodeOperations } from './decode.ts';
import { txnApply, txnRead } from './endpoint.ts';
import type { TxnOperation, TxnOutcome } from './types.ts';

/** Most operations of a transaction. */
const MAX_OPERATIONS = 64;

/** What the handlers need. */
export interface TxnHttpDeps {
  readonly rpc: Rpc;
  /** Largest value of a key, bytes. */
  readonly kvMaxValueBytes: number;
}

/** The handler of /v1/txn. */
export function txnHttpRoutes(deps: TxnHttpDeps): readonly BoundRoute[] {
  const { rpc } = deps;
  return implement(txnRoutes, {
    apply: async (request) => {
      const operations = decodeOperations(request.body);
      checkLimits(operations, deps.kvMaxValueBytes);
      if (isReadOnly(operations)) return readOnly(rpc, request, operations);
      return outcomeReply(await rpc.write(txnApply, { operations }, request.writeOptions));
    },
  });
}

/** Unknown verbs count as reading: they fail without a log entry. */
function isReadOnly(operations: readonly TxnOperation[]): boolean {
  return operations.every(
    ({ kind, verb }) => !(kind === 'kv' ? KV_WRITES : CATALOG_WRITES).has(verb),
  );
}

const CATALOG_WRITES: ReadonlySet<string> = new Set(['set', 'cas', 'delete', 'delete-cas']);
const KV_WRITES: ReadonlySet<string> = new Set([
  'set',
  'cas',
  'lock',
  'unlock',
  'delete',
  'delete-cas',
  'delete-tree',
]);

async function readOnly(
  rpc: Rpc,
  request: RequestContext,
  operations: readonly TxnOperation[],
): Promise<Reply> {
  const options = {
    ...request.readOptions,
    consistency: consistencyOf(request),
    minIndex: 0,
    track: false,
  };
  const { value, knownLeader, lastContactMs } = await rpc.read(txnRead, { operations }, options);
  const meta = {
    Index: 0,
    LastContact: Math.round(lastContactMs),
    KnownLeader: knownLeader,
    ConsistencyLevel: '',
  };
  // The original tells no index: a transaction cannot be waited for.
  const headers = {
    'X-Consul-Knownleader': String(knownLeader),
    'X-Consul-Lastcontact': String(meta.LastContact),
  };
  return { ...outcomeReply({ ...value, ...meta }), headers };
}

/** The row is a write, so the server has not looked at these two. */
function consistencyOf({ query }: RequestContext): ReadConsistency {
  if (!query.has('stale')) return query.has('consistent') ? 'consistent' : 'default';
  if (query.has('consistent')) {
    throw invalid('Cannot specify ?stale with ?consistent, conflicting semantics.');
  }
  return 'stale';
}

function outcomeReply(outcome: TxnOutcome): Reply {
  return { kind: 'json', status: outcome.Errors ? 409 : 200, value: outcome };
}

function checkLimits(operations: readonly TxnOperation[], maxValueBytes: number): void {
  if (operations.length > MAX_OPERATIONS) {
    throw new MeshError(
      'too-large',
      `Transaction contains too many operations (${operations.length} > ${MAX_OPERATIONS})`,
    );
  }
  for (const operation of operations) {
    if (operation.kind === 'kv' && operation.value.length > maxValueBytes) {
      throw new MeshError(
        'too-large',
        `Value for key "${operation.key}" is too large (${operation.value.length} > ${maxValueBytes} bytes)`,
      );
    }
  }
}
