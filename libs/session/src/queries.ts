import type { Session } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { sessions } from './table.ts';

/** The session of an id, if there is one. */
export function sessionById(view: StateView, id: string): Session | undefined {
  return view.get(sessions, id);
}

/** Sessions of a node, by id. Node names know no case. */
export function sessionsOfNode(view: StateView, node: string): readonly Session[] {
  return view.getBy(sessions, 'node', node.toLowerCase());
}

/** All sessions, by id. */
export function allSessions(view: StateView): readonly Session[] {
  return [...view.prefix(sessions, '')];
}
