import { eventRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import type { CallEndpoint, Resource } from '@mesh/resource';
import { EVENT_NAME_PREFIX } from './event-size.ts';

/** An event for a server to fire. */
export interface EventFireArgs {
  readonly name: string;
  /** As encodeEvent makes it. */
  readonly payload: Uint8Array;
}

/** Fires a user event on the pool of the server that answers: any server of a datacenter will do. */
export const eventFire: CallEndpoint<EventFireArgs, null> = {
  kind: 'call',
  method: 'Internal.EventFire',
  acl: eventRoutes.fire.acl,
  guard: { check: (authorizer, { name }) => authorizer.allows('event', 'write', String(name)) },
};

/** The side of a gossip pool that sends events. */
export interface EventSender {
  /** Sends an event to all members. Throws MeshError when it is too large. */
  fire(name: string, payload: Uint8Array): void;
}

/** What events add to a server: it fires them for agents of its own and of other datacenters. */
export function eventResource(sender: EventSender): Resource {
  return {
    name: 'event',
    tables: [],
    commands: [],
    endpoints: [],
    calls: [
      {
        endpoint: eventFire,
        run: (args) => {
          const { name, payload } = checkedArgs(args);
          sender.fire(EVENT_NAME_PREFIX + name, payload);
          return null;
        },
      },
    ],
  };
}

function checkedArgs(args: unknown): EventFireArgs {
  const { name, payload } = (args ?? {}) as Partial<Record<keyof EventFireArgs, unknown>>;
  if (typeof name !== 'string' || name === '') throw invalid('an event needs a name');
  if (!(payload instanceof Uint8Array)) throw invalid('the payload of an event is bytes');
  return { name, payload };
}
