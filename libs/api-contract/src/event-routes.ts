import { defineRoutes, localRoute } from './route.ts';

/** /v1/event: user events. */
export const eventRoutes = defineRoutes({
  fire: localRoute({
    method: 'PUT',
    path: '/v1/event/fire/*name',
    query: ['dc', 'node', 'service', 'tag'],
    maxBodyBytes: 64 * 1024,
    acl: { check: { resource: 'event', access: 'write', segment: { path: 'name' } } },
    tier: 'B',
    doc: 'Fires a user event whose payload is the body.',
    client: 'event.fire',
  }),
  list: localRoute({
    method: 'GET',
    path: '/v1/event/list',
    query: ['name', 'node', 'service', 'tag', 'index', 'wait'],
    acl: { filtered: ['event'] },
    tier: 'B',
    doc: 'The last 256 events that this agent has seen; ?index waits for the next.',
    client: 'event.list',
  }),
});
