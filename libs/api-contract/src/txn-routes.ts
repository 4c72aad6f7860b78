import { defineRoutes, writeRoute } from './route.ts';

/** /v1/txn: several operations as one. */
export const txnRoutes = defineRoutes({
  apply: writeRoute({
    method: 'PUT',
    path: '/v1/txn',
    // limits.txn_max_req_len replaces this.
    maxBodyBytes: 512 * 1024,
    acl: { check: { resource: 'key', access: 'write', segment: 'handler' } },
    tier: 'B',
    doc: 'Applies up to 64 operations, all or none; 409 with the errors of those that failed.',
    client: 'txn.apply',
  }),
});
