import { defineRoutes, localRoute } from './route.ts';

/** /v1/agent/connect: what a proxy or a native service asks its agent. */
export const agentConnectRoutes = defineRoutes({
  roots: localRoute({
    method: 'GET',
    path: '/v1/agent/connect/ca/roots',
    query: ['dc', 'index', 'wait'],
    blocking: true,
    acl: 'public',
    tier: 'A',
    doc: 'Certificates of the authorities that are trusted, out of the cache of the agent.',
    client: 'agent.connectRoots',
  }),
  leaf: localRoute({
    method: 'GET',
    path: '/v1/agent/connect/ca/leaf/:service',
    query: ['dc', 'index', 'wait'],
    blocking: true,
    acl: { check: { resource: 'service', access: 'write', segment: { path: 'service' } } },
    tier: 'A',
    doc: 'Certificate and private key of a service, renewed by the agent in time.',
    client: 'agent.connectLeaf',
  }),
  authorize: localRoute({
    method: 'POST',
    path: '/v1/agent/connect/authorize',
    maxBodyBytes: 64 * 1024,
    acl: { check: { resource: 'service', access: 'write', segment: 'handler' } },
    tier: 'A',
    doc: 'Whether who has a certificate may connect to a service, and why.',
    client: 'agent.connectAuthorize',
  }),
});
