import { type AclRule, defineRoutes, readRoute, writeRoute } from './route.ts';

const WRITE_KEY: AclRule = {
  check: { resource: 'key', access: 'write', segment: { path: 'key' } },
};

/** /v1/kv: the key-value store. */
export const kvRoutes = defineRoutes({
  get: readRoute({
    method: 'GET',
    path: '/v1/kv/*key',
    query: ['recurse', 'keys', 'separator', 'seperator', 'raw'],
    acl: { check: { resource: 'key', access: 'read', segment: { path: 'key' } } },
    tier: 'A',
    doc: 'One key, or with ?recurse all under a prefix, or with ?keys their names; 404 when nothing.',
    client: 'kv.get',
  }),
  put: writeRoute({
    method: 'PUT',
    path: '/v1/kv/*key',
    query: ['flags', 'cas', 'acquire', 'release'],
    // limits.kv_max_value_size replaces this.
    maxBodyBytes: 512 * 1024,
    acl: WRITE_KEY,
    tier: 'A',
    doc: 'Stores the body; ?cas only at that ModifyIndex, ?acquire and ?release with a session.',
    client: 'kv.put',
  }),
  delete: writeRoute({
    method: 'DELETE',
    path: '/v1/kv/*key',
    query: ['recurse', 'cas'],
    maxBodyBytes: 0,
    acl: WRITE_KEY,
    tier: 'A',
    doc: 'Deletes a key, or with ?recurse all under a prefix.',
    client: 'kv.delete',
  }),
});
