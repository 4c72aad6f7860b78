import { type AclRule, defineRoutes, readRoute, writeRoute } from './route.ts';

const WRITE: AclRule = { check: { resource: 'query', access: 'write', segment: 'handler' } };
const READ: AclRule = { check: { resource: 'query', access: 'read', segment: 'handler' } };

/** /v1/query: prepared queries. */
export const queryRoutes = defineRoutes({
  list: readRoute({
    method: 'GET',
    path: '/v1/query',
    acl: { filtered: ['query'] },
    tier: 'B',
    doc: 'All prepared queries.',
    client: 'query.list',
  }),
  create: writeRoute({
    method: 'POST',
    path: '/v1/query',
    acl: WRITE,
    tier: 'B',
    doc: 'Stores a query; answers its ID.',
    client: 'query.create',
  }),
  get: readRoute({
    method: 'GET',
    path: '/v1/query/:id',
    acl: READ,
    tier: 'B',
    doc: 'A list of the one query; 404 when there is none.',
    client: 'query.get',
  }),
  update: writeRoute({
    method: 'PUT',
    path: '/v1/query/:id',
    acl: WRITE,
    tier: 'B',
    doc: 'Replaces a query.',
    client: 'query.update',
  }),
  delete: writeRoute({
    method: 'DELETE',
    path: '/v1/query/:id',
    maxBodyBytes: 0,
    acl: WRITE,
    tier: 'B',
    doc: 'Deletes a query.',
    client: 'query.delete',
  }),
  execute: readRoute({
    method: 'GET',
    path: '/v1/query/:id/execute',
    query: ['near', 'limit', 'connect'],
    cached: true,
    acl: { filtered: ['service', 'node'] },
    tier: 'B',
    doc: 'Runs a query, by id, by name, or by a template that its name fits.',
    client: 'query.execute',
  }),
  explain: readRoute({
    method: 'GET',
    path: '/v1/query/:id/explain',
    acl: READ,
    tier: 'B',
    doc: 'The query that a name leads to, its template filled in.',
    client: 'query.explain',
  }),
});
