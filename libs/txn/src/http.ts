import { txnRoutes } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import {
  type BoundRoute,
  implement,
  type Reply,
  type RequestContext,
  type Rpc,
} from '@mesh/resource';
import { decodeOperations } from './decode.ts';
import { txnApply, txnRead } from './endpoint.ts';
import { READ_VERBS, type TxnOperation, type TxnOutcome } from './types.ts';

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
      return outcomeReply(await rpc.write(txnApply, { operations }, request.writeOptions), {});
    },
  });
}

/** Verbs that are unknown count as reading: they fail without a log entry. */
function isReadOnly(operations: readonly TxnOperation[]): boolean {
  return operations.every(
    ({ kind, verb }) => READ_VERBS.has(verb) || (kind === 'kv' && !WRITE_VERBS.has(verb)),
  );
}

const WRITE_VERBS: ReadonlySet<string> = new Set([
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
  const consistency = request.query.has('stale')
    ? 'stale'
    : request.query.has('consistent')
      ? 'consistent'
      : 'default';
  const reply = await rpc.read(
    txnRead,
    { operations },
    { ...request.readOptions, consistency, minIndex: 0, track: false },
  );
  return outcomeReply(reply.value, {
    Index: 0,
    LastContact: reply.lastContactMs,
    KnownLeader: reply.knownLeader,
    ConsistencyLevel: '',
  });
}

function outcomeReply(outcome: TxnOutcome, meta: object): Reply {
  return { kind: 'json', status: outcome.Errors ? 409 : 200, value: { ...outcome, ...meta } };
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
