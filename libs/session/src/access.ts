import type { Authorizer } from '@mesh/acl';
import type { Session } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { sessionById } from './queries.ts';

/** Sessions are seen by who may read those of their node. */
export function canRead(authorizer: Authorizer, session: Session): boolean {
  return authorizer.allows('session', 'read', session.Node);
}

/** Sessions that may be seen. */
export function readableSessions(
  authorizer: Authorizer,
  sessions: readonly Session[],
): readonly Session[] {
  return sessions.filter((session) => canRead(authorizer, session));
}

/** Ending and renewing need session:write on the node; of what is not there, nothing. */
export function mayWriteSession(
  authorizer: Authorizer,
  { id }: { readonly id: string },
  view: StateView,
): boolean {
  const session = sessionById(view, id.toLowerCase());
  return !session || authorizer.allows('session', 'write', session.Node);
}
