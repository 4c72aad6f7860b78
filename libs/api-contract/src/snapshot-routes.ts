import { type AclRule, defineRoutes, readRoute, writeRoute } from './route.ts';

const MANAGEMENT: AclRule = { check: { resource: 'acl', access: 'write', segment: 'none' } };

/** /v1/snapshot: all replicated state as one file. */
export const snapshotRoutes = defineRoutes({
  save: readRoute({
    method: 'GET',
    path: '/v1/snapshot',
    blocking: false,
    acl: MANAGEMENT,
    tier: 'B',
    doc: 'Saves the state of the servers: a gzipped tar with checksums.',
    client: '',
  }),
  restore: writeRoute({
    method: 'PUT',
    path: '/v1/snapshot',
    maxBodyBytes: 1024 * 1024 * 1024,
    streamedBody: true,
    acl: MANAGEMENT,
    tier: 'B',
    doc: 'Puts a saved state in the place of all that the servers hold.',
    client: '',
  }),
});
