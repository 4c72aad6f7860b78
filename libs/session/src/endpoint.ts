import { type Session, sessionRoutes } from '@mesh/api-contract';
import { formatDuration, invalid, parseDuration } from '@mesh/base';
import type { ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import { canRead, mayWriteSession, readableSessions } from './access.ts';
import { requireSupport, SESSION_CREATE, SESSION_DESTROY } from './commands.ts';
import { allSessions, sessionById, sessionsOfNode } from './queries.ts';
import { type NewSession, SESSION_TTL_MAX_MS, type SessionRequest } from './types.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws `invalid-argument` unless the text is a session id, a UUID. */
export function requireSessionId(id: string): string {
  if (!UUID.test(id)) {
    throw invalid(
      `failed session lookup: "${id}" is no session id, a UUID of 36 characters is accepted`,
    );
  }
  return id.toLowerCase();
}

/** Only the type of a command travels; its code is bound to the server's hooks. */
const named = <P, R>(type: string) => ({
  type,
  apply: (): R => {
    throw new Error(`${type} is applied by the state machine`);
  },
  payload: undefined as P | undefined,
});
const create = named<NewSession, string>(SESSION_CREATE);
const destroy = named<{ id: string }, boolean>(SESSION_DESTROY);

/** Creates a session; answers its id. `ttlMinMs` is the shortest TTL accepted, milliseconds. */
export function sessionCreate(ttlMinMs: number): WriteEndpoint<SessionRequest, string> {
  return {
    kind: 'write',
    method: 'Session.Create',
    acl: sessionRoutes.create.acl,
    guard: { check: (authorizer, { node }) => authorizer.allows('session', 'write', node) },
    prepare: (request, { view, uuid, touchSession }) => {
      const session: NewSession = {
        ID: uuid(),
        Name: request.name,
        Node: request.node,
        LockDelay: request.lockDelayNs,
        Behavior: behaviorOf(request.behavior),
        TTL: ttlOf(request.ttl, ttlMinMs),
        NodeChecks: request.nodeChecks,
        ServiceChecks: request.serviceChecks,
      };
      if (session.Node === '') throw invalid('Must provide Node');
      requireSupport(view, session);
      // The id is new: its TTL may run from now, before the entry is applied.
      if (session.TTL !== '') touchSession(session.ID, session.TTL);
      return { command: create, payload: session };
    },
  };
}

function behaviorOf(behavior: string): Session['Behavior'] {
  if (behavior === '') return 'release';
  if (behavior === 'release' || behavior === 'delete') return behavior;
  throw invalid(`Invalid Behavior setting '${behavior}', accepted are release and delete`);
}

function ttlOf(ttl: string, ttlMinMs: number): string {
  if (ttl === '') return '';
  const ms = parseDuration(ttl);
  if (ms === undefined) throw invalid(`Session TTL '${ttl}' invalid: no duration such as 30s`);
  if (ms === 0) return ttl;
  if (ms < ttlMinMs || ms > SESSION_TTL_MAX_MS) {
    const bounds = `[${formatDuration(ttlMinMs)}=${formatDuration(SESSION_TTL_MAX_MS)}]`;
    throw invalid(`Invalid Session TTL '${ttl}', must be between ${bounds}`);
  }
  return ttl;
}

/** Ends a session, if it is there. */
export const sessionDestroy: WriteEndpoint<{ readonly id: string }, boolean> = {
  kind: 'write',
  method: 'Session.Destroy',
  acl: sessionRoutes.destroy.acl,
  guard: { check: mayWriteSession },
  prepare: ({ id }, { view }) => {
    const wanted = requireSessionId(id);
    if (!sessionById(view, wanted)) return { answer: true };
    return { command: destroy, payload: { id: wanted } };
  },
};

/**
 * Restarts a session's TTL on the leader; no log entry. Answers the session, undefined when there
 * is none.
 */
export const sessionRenew: WriteEndpoint<{ readonly id: string }, Session | undefined> = {
  kind: 'write',
  method: 'Session.Renew',
  acl: sessionRoutes.renew.acl,
  guard: { check: mayWriteSession },
  prepare: ({ id }, { view, touchSession }) => {
    const session = sessionById(view, requireSessionId(id));
    if (session?.TTL) touchSession(session.ID);
    return { answer: session };
  },
};

/** One session. */
export const sessionGet: ReadEndpoint<{ readonly id: string }, Session | undefined> = {
  kind: 'read',
  method: 'Session.Get',
  acl: sessionRoutes.info.acl,
  guard: {
    filter: (authorizer, session) =>
      session && canRead(authorizer, session) ? session : undefined,
  },
  run: (view, { id }) => sessionById(view, id),
};

/** Sessions of a node. */
export const sessionsByNode: ReadEndpoint<{ readonly node: string }, readonly Session[]> = {
  kind: 'read',
  method: 'Session.NodeSessions',
  acl: sessionRoutes.node.acl,
  guard: { filter: readableSessions },
  run: (view, { node }) => sessionsOfNode(view, node),
};

/** All sessions. */
export const sessionList: ReadEndpoint<Record<string, never>, readonly Session[]> = {
  kind: 'read',
  method: 'Session.List',
  acl: sessionRoutes.list.acl,
  guard: { filter: readableSessions },
  run: (view) => allSessions(view),
};
