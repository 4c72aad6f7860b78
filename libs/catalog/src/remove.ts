/**
 * Removing catalog entities inside a log entry. Each answers whether there was anything to remove.
 */
import { deleteCoordinates } from '@mesh/coordinate';
import type { ApplyContext } from '@mesh/resource';
import type { WriteTxn } from '@mesh/state';
import { recount } from './summary.ts';
import { checkKey, checks, nameKey, nodes, onNode, serviceKey, services } from './table.ts';
import type { CatalogHooks } from './types.ts';

/** Removes a node with its services, checks and coordinates; the hook takes the rest. */
export function deleteNode(
  txn: WriteTxn,
  context: ApplyContext,
  name: string,
  hooks: CatalogHooks,
): boolean {
  const node = txn.get(nodes, nameKey(name));
  if (!node) return false;
  for (const row of [...txn.prefix(services, onNode(name))]) {
    txn.delete(services, serviceKey(row.node, row.service.ID));
    recount(txn, row.service, undefined);
  }
  txn.deletePrefix(checks, onNode(name));
  deleteCoordinates(txn, node.Node);
  txn.delete(nodes, nameKey(name));
  hooks.onNodeDeleted(txn, context, node.Node);
  return true;
}

/** Removes an instance with its checks. */
export function deleteService(
  txn: WriteTxn,
  context: ApplyContext,
  nodeName: string,
  serviceId: string,
  hooks: CatalogHooks,
): boolean {
  const key = serviceKey(nodeName, serviceId);
  const row = txn.get(services, key);
  if (!row) return false;
  for (const check of [...txn.getBy(checks, 'instance', key)]) {
    deleteCheck(txn, context, check.Node, check.CheckID, hooks);
  }
  txn.delete(services, key);
  recount(txn, row.service, undefined);
  return true;
}

/** Removes a check. */
export function deleteCheck(
  txn: WriteTxn,
  context: ApplyContext,
  nodeName: string,
  checkId: string,
  hooks: CatalogHooks,
): boolean {
  const check = txn.get(checks, checkKey(nodeName, checkId));
  if (!check) return false;
  txn.delete(checks, checkKey(nodeName, checkId));
  hooks.onCheckDeleted(txn, context, check.Node, check.CheckID);
  return true;
}
