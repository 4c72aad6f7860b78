import { defineRoutes, readRoute, writeRoute } from './route.ts';

/** /v1/operator: the servers of the cluster, and what keeps it in order. */
export const operatorRoutes = defineRoutes({
  raftConfiguration: readRoute({
    method: 'GET',
    path: '/v1/operator/raft/configuration',
    blocking: false,
    acl: { check: { resource: 'operator', access: 'read', segment: 'none' } },
    tier: 'B',
    doc: 'Servers of the raft configuration; ?stale lets any server answer.',
    client: 'operator.raftConfiguration',
  }),
  raftRemovePeer: writeRoute({
    method: 'DELETE',
    path: '/v1/operator/raft/peer',
    query: ['id', 'address'],
    maxBodyBytes: 0,
    acl: { check: { resource: 'operator', access: 'write', segment: 'none' } },
    tier: 'B',
    doc: 'Takes the server of an id or address out of the raft configuration.',
    client: 'operator.raftRemovePeer',
  }),
  autopilotConfiguration: readRoute({
    method: 'GET',
    path: '/v1/operator/autopilot/configuration',
    blocking: false,
    acl: { check: { resource: 'operator', access: 'read', segment: 'none' } },
    tier: 'B',
    doc: 'What autopilot goes by.',
    client: 'operator.autopilotConfiguration',
  }),
  autopilotSetConfiguration: writeRoute({
    method: 'PUT',
    path: '/v1/operator/autopilot/configuration',
    query: ['cas'],
    acl: { check: { resource: 'operator', access: 'write', segment: 'none' } },
    tier: 'B',
    doc: 'Replaces what autopilot goes by; false when ?cas is not its ModifyIndex.',
    client: 'operator.autopilotSetConfiguration',
  }),
  autopilotHealth: readRoute({
    method: 'GET',
    path: '/v1/operator/autopilot/health',
    blocking: false,
    acl: { check: { resource: 'operator', access: 'read', segment: 'none' } },
    tier: 'B',
    doc: 'Health of every server; status 429 unless all are healthy.',
    client: 'operator.autopilotHealth',
  }),
});
