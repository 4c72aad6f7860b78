import { defineRoutes, readRoute, writeRoute } from './route.ts';

/** /v1/session: sessions, which hold locks. */
export const sessionRoutes = defineRoutes({
  create: writeRoute({
    method: 'PUT',
    path: '/v1/session/create',
    acl: { check: { resource: 'session', access: 'write', segment: 'handler' } },
    tier: 'A',
    doc: 'Creates a session on a node; answers its ID.',
    client: 'session.create',
  }),
  destroy: writeRoute({
    method: 'PUT',
    path: '/v1/session/destroy/*id',
    acl: { check: { resource: 'session', access: 'write', segment: 'handler' } },
    tier: 'A',
    doc: 'Ends a session and gives up its locks; true also when there is none.',
    client: 'session.destroy',
  }),
  renew: writeRoute({
    method: 'PUT',
    path: '/v1/session/renew/*id',
    acl: { check: { resource: 'session', access: 'write', segment: 'handler' } },
    tier: 'A',
    doc: 'Restarts the TTL of a session; 404 when there is none.',
    client: 'session.renew',
  }),
  info: readRoute({
    method: 'GET',
    path: '/v1/session/info/*id',
    filter: true,
    acl: { filtered: ['session'] },
    tier: 'A',
    doc: 'A list of the one session, empty when there is none.',
    client: 'session.info',
  }),
  node: readRoute({
    method: 'GET',
    path: '/v1/session/node/*node',
    filter: true,
    acl: { filtered: ['session'] },
    tier: 'A',
    doc: 'Sessions of a node.',
    client: 'session.node',
  }),
  list: readRoute({
    method: 'GET',
    path: '/v1/session/list',
    filter: true,
    acl: { filtered: ['session'] },
    tier: 'A',
    doc: 'All sessions of the datacenter.',
    client: 'session.list',
  }),
});
