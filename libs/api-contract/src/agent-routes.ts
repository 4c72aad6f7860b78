import { type AclRule, defineRoutes, localRoute, streamRoute } from './route.ts';

const KIB = 1024;
/** Definitions are short; the original sets no limit, ours is far above any real one. */
const DEFINITION_MAX_BYTES = 512 * KIB;

const selfRead: AclRule = { check: { resource: 'agent', access: 'read', segment: 'self' } };
const selfWrite: AclRule = { check: { resource: 'agent', access: 'write', segment: 'self' } };
const selfNodeWrite: AclRule = { check: { resource: 'node', access: 'write', segment: 'self' } };
const operatorRead: AclRule = { check: { resource: 'operator', access: 'read', segment: 'none' } };
const operatorWrite: AclRule = {
  check: { resource: 'operator', access: 'write', segment: 'none' },
};
/** The service's name is known only once its id or definition was looked at. */
const serviceRead: AclRule = {
  check: { resource: 'service', access: 'read', segment: 'handler' },
};
const serviceWrite: AclRule = {
  check: { resource: 'service', access: 'write', segment: 'handler' },
};
/** A check belongs to a service or to the node. */
const checkWrite: AclRule = {
  checkAnyOf: [
    { resource: 'service', access: 'write', segment: 'handler' },
    { resource: 'node', access: 'write', segment: 'self' },
  ],
};

/** /v1/agent: what this agent itself knows and does. */
export const agentRoutes = defineRoutes({
  self: localRoute({
    method: 'GET',
    path: '/v1/agent/self',
    acl: selfRead,
    tier: 'A',
    doc: 'Configuration, coordinate, member entry and statistics of this agent.',
    client: 'agent.self',
  }),
  members: localRoute({
    method: 'GET',
    path: '/v1/agent/members',
    query: ['wan', 'segment'],
    acl: { filtered: ['node'] },
    tier: 'A',
    doc: 'Members of the LAN pool, with ?wan those of the WAN pool.',
    client: 'agent.members',
  }),
  reload: localRoute({
    method: 'PUT',
    path: '/v1/agent/reload',
    acl: selfWrite,
    tier: 'A',
    doc: 'Reads the configuration files anew.',
    client: 'agent.reload',
  }),
  leave: localRoute({
    method: 'PUT',
    path: '/v1/agent/leave',
    acl: selfWrite,
    tier: 'A',
    doc: 'Leaves the pools and ends the agent; answers once it has left.',
    client: 'agent.leave',
  }),
  join: localRoute({
    method: 'PUT',
    path: '/v1/agent/join/*address',
    query: ['wan'],
    acl: selfWrite,
    tier: 'A',
    doc: 'Joins the pool of another agent.',
    client: 'agent.join',
  }),
  forceLeave: localRoute({
    method: 'PUT',
    path: '/v1/agent/force-leave/*node',
    query: ['prune'],
    acl: operatorWrite,
    tier: 'B',
    doc: 'Declares a failed member as left; ?prune forgets it at once.',
    client: 'agent.forceLeave',
  }),
  maintenance: localRoute({
    method: 'PUT',
    path: '/v1/agent/maintenance',
    query: ['enable', 'reason'],
    acl: selfNodeWrite,
    tier: 'A',
    doc: 'Puts this node into maintenance mode, or ends it.',
    client: 'agent.maintenance',
  }),
  monitor: streamRoute({
    method: 'GET',
    path: '/v1/agent/monitor',
    query: ['loglevel', 'logjson'],
    acl: selfRead,
    tier: 'B',
    doc: 'Log lines of this agent until the client hangs up.',
    client: 'agent.monitor',
  }),
  metrics: localRoute({
    method: 'GET',
    path: '/v1/agent/metrics',
    query: ['format'],
    acl: selfRead,
    tier: 'B',
    doc: 'Metrics of the last interval; ?format=prometheus for scrapers.',
    client: 'agent.metrics',
  }),
  host: localRoute({
    method: 'GET',
    path: '/v1/agent/host',
    acl: operatorRead,
    tier: 'B',
    doc: 'Memory, processors, disk and operating system of the machine.',
    client: 'agent.host',
  }),
  token: localRoute({
    method: 'PUT',
    path: '/v1/agent/token/:kind',
    acl: selfWrite,
    maxBodyBytes: 16 * KIB,
    tier: 'B',
    doc: 'Sets an ACL token of this agent.',
    client: 'agent.token',
  }),
  pprof: localRoute({
    method: 'GET',
    path: '/debug/pprof/*profile',
    acl: operatorRead,
    tier: 'C',
    doc: 'Command line of the process, where enable_debug is set.',
    client: '',
  }),
});

/** /v1/agent/service, services and health: instances that are registered with this agent. */
export const agentServiceRoutes = defineRoutes({
  services: localRoute({
    method: 'GET',
    path: '/v1/agent/services',
    filter: true,
    acl: { filtered: ['service'] },
    tier: 'A',
    doc: 'Instances registered with this agent, by id.',
    client: 'agent.services',
  }),
  service: localRoute({
    method: 'GET',
    path: '/v1/agent/service/*id',
    query: ['hash', 'wait'],
    acl: serviceRead,
    tier: 'A',
    doc: 'One instance of this agent; ?hash waits until its ContentHash differs.',
    client: 'agent.service',
  }),
  register: localRoute({
    method: 'PUT',
    path: '/v1/agent/service/register',
    query: ['replace-existing-checks'],
    acl: serviceWrite,
    maxBodyBytes: DEFINITION_MAX_BYTES,
    tier: 'A',
    doc: 'Registers an instance with its checks.',
    client: 'agent.registerService',
  }),
  deregister: localRoute({
    method: 'PUT',
    path: '/v1/agent/service/deregister/*id',
    acl: serviceWrite,
    tier: 'A',
    doc: 'Removes an instance and its checks.',
    client: 'agent.deregisterService',
  }),
  maintenance: localRoute({
    method: 'PUT',
    path: '/v1/agent/service/maintenance/*id',
    query: ['enable', 'reason'],
    acl: serviceWrite,
    tier: 'A',
    doc: 'Puts an instance into maintenance mode, or ends it.',
    client: 'agent.serviceMaintenance',
  }),
  healthById: localRoute({
    method: 'GET',
    path: '/v1/agent/health/service/id/*id',
    query: ['format'],
    acl: serviceRead,
    tier: 'B',
    doc: 'Health of an instance: 200 passing, 429 warning, 503 critical, 404 unknown.',
    client: 'agent.healthById',
  }),
  healthByName: localRoute({
    method: 'GET',
    path: '/v1/agent/health/service/name/*name',
    query: ['format'],
    acl: serviceRead,
    tier: 'B',
    doc: 'Health of all local instances of a service; the status is that of the worst.',
    client: 'agent.healthByName',
  }),
});

/** /v1/agent/check and checks: checks that this agent runs or that report to it. */
export const agentCheckRoutes = defineRoutes({
  checks: localRoute({
    method: 'GET',
    path: '/v1/agent/checks',
    filter: true,
    acl: { filtered: ['node', 'service'] },
    tier: 'A',
    doc: 'Checks of this agent, by id.',
    client: 'agent.checks',
  }),
  register: localRoute({
    method: 'PUT',
    path: '/v1/agent/check/register',
    acl: checkWrite,
    maxBodyBytes: DEFINITION_MAX_BYTES,
    tier: 'A',
    doc: 'Registers a check of the node or of one of its services.',
    client: 'agent.registerCheck',
  }),
  deregister: localRoute({
    method: 'PUT',
    path: '/v1/agent/check/deregister/*id',
    acl: checkWrite,
    tier: 'A',
    doc: 'Removes a check.',
    client: 'agent.deregisterCheck',
  }),
  pass: ttlRoute('pass', 'passing'),
  warn: ttlRoute('warn', 'warning'),
  fail: ttlRoute('fail', 'critical'),
  update: localRoute({
    method: 'PUT',
    path: '/v1/agent/check/update/*id',
    acl: checkWrite,
    maxBodyBytes: DEFINITION_MAX_BYTES,
    tier: 'A',
    doc: 'Sets status and output of a TTL check.',
    client: 'agent.updateCheck',
  }),
});

function ttlRoute(verb: string, status: string) {
  return localRoute({
    method: 'PUT',
    path: `/v1/agent/check/${verb}/*id`,
    query: ['note'],
    acl: checkWrite,
    tier: 'A',
    doc: `Reports a TTL check as ${status}; ?note is its output.`,
    client: `agent.${verb}Check`,
  });
}
