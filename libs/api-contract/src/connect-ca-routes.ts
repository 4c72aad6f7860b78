import { defineRoutes, localRoute, readRoute, writeRoute } from './route.ts';

const OPERATOR = { check: { resource: 'operator', access: 'write', segment: 'none' } } as const;

/** /v1/connect/ca: the certificate authority of the service mesh. */
export const connectCaRoutes = defineRoutes({
  roots: readRoute({
    method: 'GET',
    path: '/v1/connect/ca/roots',
    query: ['pem'],
    acl: 'public',
    tier: 'A',
    doc: 'Certificates of the authorities that are trusted, and which of them signs; ?pem as PEM.',
    client: 'connect.roots',
  }),
  configuration: localRoute({
    method: 'GET',
    path: '/v1/connect/ca/configuration',
    query: ['dc'],
    acl: OPERATOR,
    tier: 'B',
    doc: 'Provider and settings of the authority, without keys.',
    client: 'connect.configuration',
  }),
  configure: writeRoute({
    method: 'PUT',
    path: '/v1/connect/ca/configuration',
    acl: OPERATOR,
    tier: 'B',
    doc: 'Changes the settings; another key makes another authority, and the old one stays trusted.',
    client: 'connect.configure',
  }),
});
