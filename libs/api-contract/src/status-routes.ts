import { defineRoutes, localRoute } from './route.ts';

/** /v1/status: the Raft leader and its peers. */
export const statusRoutes = defineRoutes({
  leader: localRoute({
    method: 'GET',
    path: '/v1/status/leader',
    query: ['dc'],
    acl: 'public',
    tier: 'A',
    doc: 'Address of the Raft leader; "" while there is none.',
    client: 'status.leader',
  }),
  peers: localRoute({
    method: 'GET',
    path: '/v1/status/peers',
    query: ['dc'],
    acl: 'public',
    tier: 'A',
    doc: 'Addresses of the Raft peers.',
    client: 'status.peers',
  }),
});
