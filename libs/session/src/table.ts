import type { Session } from '@mesh/api-contract';
import { compositeKey, defineTable } from '@mesh/state';

/** Sessions by id; also by node, and by each check that they depend on. */
export const sessions = defineTable<Session>({
  name: 'sessions',
  id: (session) => session.ID,
  indexes: {
    node: (session) => session.Node.toLowerCase(),
    check: (session) =>
      checksOf(session).map((checkId) => compositeKey(session.Node.toLowerCase(), checkId)),
  },
});

/** Ids of all checks that end the session when they turn critical. */
export function checksOf(session: Session): readonly string[] {
  return [...(session.NodeChecks ?? []), ...(session.ServiceChecks ?? []).map((check) => check.ID)];
}
