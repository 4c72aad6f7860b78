import { defineRoutes, readRoute, writeRoute } from './route.ts';

const MANAGE = { check: { resource: 'intentions', access: 'write', segment: 'handler' } } as const;
const SEE = { check: { resource: 'intentions', access: 'read', segment: 'handler' } } as const;
const NAMES = ['source', 'destination'] as const;

/** /v1/connect/intentions: which service may connect to which. */
export const intentionRoutes = defineRoutes({
  list: readRoute({
    method: 'GET',
    path: '/v1/connect/intentions',
    filter: true,
    acl: { filtered: ['intentions'] },
    tier: 'A',
    doc: 'All intentions, in order of precedence.',
    client: 'intention.list',
  }),
  create: writeRoute({
    method: 'POST',
    path: '/v1/connect/intentions',
    acl: MANAGE,
    tier: 'A',
    doc: 'Creates an intention; answers its ID.',
    client: 'intention.create',
  }),
  match: readRoute({
    method: 'GET',
    path: '/v1/connect/intentions/match',
    query: ['by', 'name'],
    acl: SEE,
    tier: 'A',
    doc: 'For each name the intentions that match it as source or destination, in order of precedence.',
    client: 'intention.match',
  }),
  check: readRoute({
    method: 'GET',
    path: '/v1/connect/intentions/check',
    query: [...NAMES, 'source-type'],
    blocking: false,
    acl: { check: { resource: 'service', access: 'read', segment: { query: 'destination' } } },
    tier: 'A',
    doc: 'Whether one service may connect to another.',
    client: 'intention.check',
  }),
  exactGet: readRoute({
    method: 'GET',
    path: '/v1/connect/intentions/exact',
    query: NAMES,
    acl: SEE,
    tier: 'B',
    doc: 'The intention from one name to another.',
    client: 'intention.getExact',
  }),
  exactSet: writeRoute({
    method: 'PUT',
    path: '/v1/connect/intentions/exact',
    query: NAMES,
    acl: MANAGE,
    tier: 'B',
    doc: 'Creates or replaces the intention from one name to another.',
    client: 'intention.setExact',
  }),
  exactDelete: writeRoute({
    method: 'DELETE',
    path: '/v1/connect/intentions/exact',
    query: NAMES,
    acl: MANAGE,
    tier: 'B',
    doc: 'Deletes the intention from one name to another, if it is there.',
    client: 'intention.deleteExact',
  }),
  get: readRoute({
    method: 'GET',
    path: '/v1/connect/intentions/:id',
    acl: SEE,
    tier: 'A',
    doc: 'An intention; 404 when there is none.',
    client: 'intention.get',
  }),
  update: writeRoute({
    method: 'PUT',
    path: '/v1/connect/intentions/:id',
    acl: MANAGE,
    tier: 'A',
    doc: 'Replaces an intention; answers its ID.',
    client: 'intention.update',
  }),
  delete: writeRoute({
    method: 'DELETE',
    path: '/v1/connect/intentions/:id',
    acl: MANAGE,
    tier: 'A',
    doc: 'Deletes an intention.',
    client: 'intention.delete',
  }),
});
