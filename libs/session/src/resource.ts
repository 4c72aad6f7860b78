import type { Resource, WriteEndpoint } from '@mesh/resource';
import { sessionCommands } from './commands.ts';
import {
  sessionDestroy,
  sessionGet,
  sessionList,
  sessionRenew,
  sessionsByNode,
} from './endpoint.ts';
import { sessions } from './table.ts';
import type { SessionHooks, SessionRequest } from './types.ts';

/** Sessions, with what a server hangs on their end, and the endpoint that knows its limits. */
export function sessionResource(
  hooks: SessionHooks,
  create: WriteEndpoint<SessionRequest, string>,
): Resource {
  return {
    name: 'session',
    tables: [sessions],
    commands: sessionCommands(hooks),
    endpoints: [create, sessionDestroy, sessionRenew, sessionGet, sessionsByNode, sessionList],
  };
}
