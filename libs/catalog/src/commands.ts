import { assert, MeshError } from '@mesh/base';
import { type ApplyContext, type Command, defineCommand } from '@mesh/resource';
import type { WriteTxn } from '@mesh/state';
import { ensureCheck, ensureNode, ensureService } from './ensure.ts';
import { deleteCheck, deleteNode, deleteService } from './remove.ts';
import { nameKey, nodes } from './table.ts';
import type { CatalogHooks, DeregisterPayload, RegisterPayload } from './types.ts';

const REGISTER = 'catalog.register';
const DEREGISTER = 'catalog.deregister';

/**
 * Names of the catalog's log entries for those who propose them. What applying means depends on the
 * hooks, which the state machine alone has: see catalogCommands.
 */
export const registerEntry: Command<RegisterPayload, true> = unbound(REGISTER);
/** See registerEntry. */
export const deregisterEntry: Command<DeregisterPayload, true> = unbound(DEREGISTER);

/** The commands with their effects on other resources, for the state machine. */
export function catalogCommands(
  hooks: CatalogHooks,
): readonly [Command<RegisterPayload, true>, Command<DeregisterPayload, true>] {
  return [
    defineCommand(REGISTER, (txn, payload, context) => register(txn, payload, context, hooks)),
    defineCommand(DEREGISTER, (txn, payload, context) => deregister(txn, payload, context, hooks)),
  ];
}

function register(
  txn: WriteTxn,
  payload: RegisterPayload,
  context: ApplyContext,
  hooks: CatalogHooks,
): true {
  const { node, service, checks, skipNodeUpdate } = payload;
  const existing = txn.get(nodes, nameKey(node.Node));
  if (!existing && skipNodeUpdate && node.Address === '') {
    throw new MeshError(
      'not-found',
      `Missing node registration: ${node.Node} is unknown and has no Address to be created with`,
    );
  }
  if (!existing || !skipNodeUpdate) ensureNode(txn, context, node, hooks);
  if (service) ensureService(txn, context, node.Node, service);
  for (const check of checks) ensureCheck(txn, context, check, hooks);
  return true;
}

/** Removes a service, else a check, else the whole node. What is not there needs no removing. */
function deregister(
  txn: WriteTxn,
  payload: DeregisterPayload,
  context: ApplyContext,
  hooks: CatalogHooks,
): true {
  const { Node, ServiceID, CheckID } = payload;
  if (ServiceID !== '') deleteService(txn, context, Node, ServiceID, hooks);
  else if (CheckID !== '') deleteCheck(txn, context, Node, CheckID, hooks);
  else deleteNode(txn, context, Node, hooks);
  return true;
}

function unbound<P>(type: string): Command<P, true> {
  return defineCommand<P, true>(type, () => {
    assert(false, `${type} is applied by the command of catalogResource`);
  });
}
