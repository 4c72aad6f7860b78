import { defineRoutes, readRoute, writeRoute } from './route.ts';

/** proxy-defaults take operator:write, other kinds service:write of their name. */
const MANAGE = { check: { resource: 'service', access: 'write', segment: 'handler' } } as const;
const SEE = { check: { resource: 'service', access: 'read', segment: 'handler' } } as const;

/** /v1/config: central configuration of services and proxies. */
export const configEntryRoutes = defineRoutes({
  apply: writeRoute({
    method: 'PUT',
    path: '/v1/config',
    query: ['cas'],
    acl: MANAGE,
    tier: 'B',
    doc: 'Stores an entry; with cas only in the place of the one of that index.',
    client: 'config.set',
  }),
  get: readRoute({
    method: 'GET',
    path: '/v1/config/:kind/:name',
    acl: SEE,
    tier: 'B',
    doc: 'One entry.',
    client: 'config.get',
  }),
  list: readRoute({
    method: 'GET',
    path: '/v1/config/:kind',
    acl: { filtered: ['service'] },
    tier: 'B',
    doc: 'Entries of a kind; without one all entries.',
    client: 'config.list',
  }),
  delete: writeRoute({
    method: 'DELETE',
    path: '/v1/config/:kind/:name',
    acl: MANAGE,
    maxBodyBytes: 0,
    tier: 'B',
    doc: 'Deletes an entry.',
    client: 'config.delete',
  }),
  deleteUnnamed: writeRoute({
    method: 'DELETE',
    path: '/v1/config/:kind',
    acl: MANAGE,
    maxBodyBytes: 0,
    tier: 'B',
    doc: 'Says that a name is missing.',
    client: '',
  }),
});
