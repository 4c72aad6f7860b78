import type { Session } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { checkKey, checks, nodeByName } from '@mesh/catalog';
import { type ApplyContext, type Command, defineCommand } from '@mesh/resource';
import { compositeKey, type StateView, type WriteTxn } from '@mesh/state';
import { checksOf, sessions } from './table.ts';
import type { NewSession, SessionHooks } from './types.ts';

/** Log entries of sessions. */
export const SESSION_CREATE = 'session.create';
export const SESSION_DESTROY = 'session.destroy';

/** The commands, with what a server hangs on the end of a session. */
export function sessionCommands(hooks: SessionHooks): readonly Command<never, unknown>[] {
  return [
    defineCommand(SESSION_CREATE, (txn, session: NewSession, { index }) => {
      // Once more here: between the leader's look and this entry, a node or check may have gone.
      requireSupport(txn, session);
      txn.put(sessions, { ...session, CreateIndex: index, ModifyIndex: index });
      return session.ID;
    }),
    defineCommand(SESSION_DESTROY, (txn, { id }: { id: string }, context) => {
      const session = txn.get(sessions, id);
      if (session) destroySession(txn, context, session, hooks);
      return true;
    }),
  ];
}

/** Throws `invalid-argument` unless the node is there and the checks are, none of them critical. */
export function requireSupport(view: StateView, session: NewSession): void {
  if (!nodeByName(view, session.Node)) {
    throw new MeshError('invalid-argument', `Missing node registration: no node "${session.Node}"`);
  }
  for (const checkId of checksOf({ ...session, CreateIndex: 0, ModifyIndex: 0 })) {
    const check = view.get(checks, checkKey(session.Node, checkId));
    if (!check) throw new MeshError('invalid-argument', `Missing check '${checkId}' registration`);
    if (check.Status === 'critical') {
      throw new MeshError('invalid-argument', `Check '${checkId}' is in critical state`);
    }
  }
}

function destroySession(
  txn: WriteTxn,
  context: ApplyContext,
  session: Session,
  hooks: SessionHooks,
): void {
  txn.delete(sessions, session.ID);
  hooks.onSessionDestroyed(txn, context, session);
}

/** Ends every session of a node: for the catalog, when the node goes. */
export function invalidateSessionsOfNode(
  txn: WriteTxn,
  context: ApplyContext,
  node: string,
  hooks: SessionHooks,
): void {
  for (const session of [...txn.getBy(sessions, 'node', node.toLowerCase())]) {
    destroySession(txn, context, session, hooks);
  }
}

/** Ends every session that depends on a check: for the catalog, when it turns critical or goes. */
export function invalidateSessionsOfCheck(
  txn: WriteTxn,
  context: ApplyContext,
  node: string,
  checkId: string,
  hooks: SessionHooks,
): void {
  const key = compositeKey(node.toLowerCase(), checkId);
  for (const session of [...txn.getBy(sessions, 'check', key)]) {
    destroySession(txn, context, session, hooks);
  }
}
