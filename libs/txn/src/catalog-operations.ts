import type { CatalogNode, HealthCheck, NodeService } from '@mesh/api-contract';
import { invalid, type MeshError } from '@mesh/base';
import {
  type CatalogHooks,
  checkKey,
  checks,
  deleteCheck,
  deleteNode,
  deleteService,
  ensureCheck,
  ensureNode,
  ensureService,
  nodeByName,
  normalizeCheck,
  normalizeNode,
  normalizeService,
  serviceKey,
  services,
} from '@mesh/catalog';
import type { ApplyContext } from '@mesh/resource';
import type { StateView, WriteTxn } from '@mesh/state';
import type {
  CheckTxnOperation,
  NodeTxnOperation,
  ServiceTxnOperation,
  TxnResult,
} from './types.ts';

/** An entity that five verbs can be done to. */
interface Target<T> {
  readonly kind: CatalogOperation['kind'];
  readonly what: string;
  readonly verb: string;
  readonly index: number;
  get(): T | undefined;
  set(): T;
  remove(): void;
  result(found: T): TxnResult;
}

export type CatalogOperation = NodeTxnOperation | ServiceTxnOperation | CheckTxnOperation;

/** Applies an operation on the catalog; throws MeshError when it fails. */
export function applyCatalog(
  txn: WriteTxn,
  operation: CatalogOperation,
  context: ApplyContext,
  hooks: CatalogHooks,
): readonly TxnResult[] {
  switch (operation.kind) {
    case 'node':
      return apply(nodeTarget(txn, operation, context, hooks));
    case 'service':
      return apply(serviceTarget(txn, operation, context, hooks));
    case 'check':
      return apply(checkTarget(txn, operation, context, hooks));
  }
}

/** The verb get over a view. Throws for any other verb, and when there is nothing to get. */
export function readCatalog(view: StateView, operation: CatalogOperation): readonly TxnResult[] {
  if (operation.verb !== 'get') throw unknownVerb(operation.kind, operation.verb);
  if (operation.kind === 'node') {
    const node = nodeByName(view, operation.node.Node);
    if (node) return [{ Node: node }];
  } else if (operation.kind === 'service') {
    const id = operation.service.ID || operation.service.Service || '';
    const row = view.get(services, serviceKey(operation.node, id));
    if (row) return [{ Service: row.service }];
  } else {
    const { Node, CheckID, Name } = operation.check;
    const check = view.get(checks, checkKey(Node ?? '', CheckID || Name || ''));
    if (check) return [{ Check: check }];
  }
  throw invalid(`${operation.kind} doesn't exist`);
}

function apply<T extends { readonly ModifyIndex: number }>(
  target: Target<T>,
): readonly TxnResult[] {
  const existing = target.get();
  const { what, verb, index } = target;
  switch (verb) {
    case 'get':
      if (!existing) throw invalid(`${what} doesn't exist`);
      return [target.result(existing)];
    case 'set':
      return [target.result(target.set())];
    case 'cas':
      if ((existing?.ModifyIndex ?? 0) !== index)
        throw invalid(`failed to set ${what}, index is stale`);
      return [target.result(target.set())];
    case 'delete':
      target.remove();
      return [];
    case 'delete-cas':
      // Unlike a key, what is not there counts as changed meanwhile.
      if (existing?.ModifyIndex !== index) {
        throw invalid(`failed to delete ${what}, index is stale`);
      }
      target.remove();
      return [];
    default:
      throw unknownVerb(target.kind, verb);
  }
}

function unknownVerb(kind: string, verb: string): MeshError {
  return invalid(
    `unknown ${kind} verb "${verb}", accepted are get, set, cas, delete and delete-cas`,
  );
}

function nodeTarget(
  txn: WriteTxn,
  { verb, index, node }: NodeTxnOperation,
  context: ApplyContext,
  hooks: CatalogHooks,
): Target<CatalogNode> {
  if (node.Node === '') throw invalid('Must provide node');
  return {
    kind: 'node',
    what: `node "${node.Node}"`,
    verb,
    index,
    get: () => nodeByName(txn, node.Node),
    set: () => ensureNode(txn, context, normalizeNode(node), hooks),
    remove: () => deleteNode(txn, context, node.Node, hooks),
    result: (found) => ({ Node: found }),
  };
}

function serviceTarget(
  txn: WriteTxn,
  { verb, index, node, service }: ServiceTxnOperation,
  context: ApplyContext,
  hooks: CatalogHooks,
): Target<NodeService> {
  const id = service.ID || service.Service || '';
  if (node === '' || id === '') throw invalid('Must provide node and service');
  return {
    kind: 'service',
    what: `service "${id}" on node "${node}"`,
    verb,
    index,
    get: () => txn.get(services, serviceKey(node, id))?.service,
    set: () => ensureService(txn, context, node, normalizeService(service)),
    remove: () => deleteService(txn, context, node, id, hooks),
    result: (found) => ({ Service: found }),
  };
}

function checkTarget(
  txn: WriteTxn,
  { verb, index, check }: CheckTxnOperation,
  context: ApplyContext,
  hooks: CatalogHooks,
): Target<HealthCheck> {
  const node = check.Node ?? '';
  const id = check.CheckID || check.Name || '';
  if (node === '' || id === '') throw invalid('Must provide node and check');
  return {
    kind: 'check',
    what: `check "${id}" on node "${node}"`,
    verb,
    index,
    get: () => txn.get(checks, checkKey(node, id)),
    set: () => ensureCheck(txn, context, normalizeCheck(check, node), hooks),
    remove: () => deleteCheck(txn, context, node, id, hooks),
    result: (found) => ({ Check: found }),
  };
}
