import { defineRoutes, localRoute, readRoute, writeRoute } from './route.ts';

/** Routes of network coordinates. */
export const coordinateRoutes = defineRoutes({
  datacenters: localRoute({
    method: 'GET',
    path: '/v1/coordinate/datacenters',
    acl: 'public',
    tier: 'B',
    doc: 'Coordinates of the servers of all known datacenters in the wide-area pool.',
    client: 'coordinate.datacenters',
  }),
  nodes: readRoute({
    method: 'GET',
    path: '/v1/coordinate/nodes',
    query: ['segment'],
    acl: { filtered: ['node'] },
    tier: 'B',
    doc: 'Coordinates of all nodes of the datacenter.',
    client: 'coordinate.nodes',
  }),
  node: readRoute({
    method: 'GET',
    path: '/v1/coordinate/node/*node',
    query: ['segment'],
    acl: { check: { resource: 'node', access: 'read', segment: { path: 'node' } } },
    tier: 'B',
    doc: 'Coordinates of a node, one a segment; 404 when there are none.',
    client: 'coordinate.node',
  }),
  update: writeRoute({
    method: 'PUT',
    path: '/v1/coordinate/update',
    acl: { check: { resource: 'node', access: 'write', segment: 'handler' } },
    tier: 'C',
    doc: "Reports a node's coordinate; stored with others in a batch within seconds.",
    client: 'coordinate.update',
  }),
});
