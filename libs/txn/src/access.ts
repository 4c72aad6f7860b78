import type { Authorizer } from '@mesh/acl';
import {
  canReadCheck,
  canReadNode,
  canReadService,
  checkKey,
  checks,
  serviceKey,
  services,
} from '@mesh/catalog';
import type { StateView } from '@mesh/state';
import type {
  CheckTxnOperation,
  ServiceTxnOperation,
  TxnError,
  TxnOperation,
  TxnOutcome,
  TxnResult,
} from './types.ts';

const DENIED = 'Permission denied';

/** Operations that are not allowed, by position; none where all are. */
export function deniedOperations(
  authorizer: Authorizer,
  operations: readonly TxnOperation[],
  view: StateView,
): readonly TxnError[] {
  if (authorizer.isManagement) return [];
  return operations.flatMap((operation, at) =>
    isAllowed(authorizer, operation, view) ? [] : [{ OpIndex: at, What: DENIED }],
  );
}

/** Reads are filtered by what they give; checks of a key tell of it and so need key:read. */
function isAllowed(authorizer: Authorizer, operation: TxnOperation, view: StateView): boolean {
  const { verb } = operation;
  if (verb === 'get' || verb === 'get-tree') return true;
  switch (operation.kind) {
    case 'kv':
      if (verb.startsWith('check-')) return authorizer.allows('key', 'read', operation.key);
      if (verb === 'delete-tree') return authorizer.allowsWritePrefix(operation.key);
      return authorizer.allows('key', 'write', operation.key);
    case 'node':
      return authorizer.allows('node', 'write', operation.node.Node);
    case 'service':
      return mayWriteService(authorizer, operation, view);
    case 'check':
      return mayWriteCheck(authorizer, operation, view);
  }
}

function mayWriteService(
  authorizer: Authorizer,
  { node, service }: ServiceTxnOperation,
  view: StateView,
): boolean {
  const name = service.Service ?? '';
  const old = view.get(services, serviceKey(node, service.ID || name))?.service.Service;
  const names = [name, old ?? ''].filter((each) => each !== '');
  return names.length > 0 && names.every((each) => authorizer.allows('service', 'write', each));
}

function mayWriteCheck(
  authorizer: Authorizer,
  { check }: CheckTxnOperation,
  view: StateView,
): boolean {
  const node = check.Node ?? '';
  const known = view.get(checks, checkKey(node, check.CheckID ?? ''));
  const id = check.ServiceID || known?.ServiceID || '';
  if (id === '') return authorizer.allows('node', 'write', node);
  const owner = view.get(services, serviceKey(node, id))?.service.Service;
  return owner !== undefined && authorizer.allows('service', 'write', owner);
}

/** An outcome with the results that may be seen. */
export function readableOutcome(authorizer: Authorizer, outcome: TxnOutcome): TxnOutcome {
  if (authorizer.isManagement || !outcome.Results) return outcome;
  return { ...outcome, Results: outcome.Results.filter((result) => canRead(authorizer, result)) };
}

function canRead(authorizer: Authorizer, result: TxnResult): boolean {
  if ('KV' in result) return authorizer.allows('key', 'read', result.KV.Key);
  if ('Node' in result) return canReadNode(authorizer, result.Node.Node);
  if ('Service' in result) return canReadService(authorizer, result.Service.Service);
  return canReadCheck(authorizer, result.Check);
}
