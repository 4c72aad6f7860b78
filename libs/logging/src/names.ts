/**
 * Every logger name below the root one, nested with dots as the original's. The root logger is
 * `agent`; `hub.logger('agent').named(LOGGER_NAMES.http)` logs as `agent.http`.
 */
export const LOGGER_NAMES = {
  agent: 'agent',
  antiEntropy: 'anti_entropy',
  cache: 'cache',
  catalog: 'catalog',
  coordinate: 'coordinate',
  dns: 'dns',
  dnsFront: 'dns-front',
  fsm: 'fsm',
  gossipLan: 'server.memberlist.lan',
  gossipWan: 'server.memberlist.wan',
  grpc: 'grpc',
  http: 'http',
  kvs: 'kvs',
  leader: 'leader',
  monitor: 'monitor',
  proxy: 'proxy',
  raft: 'raft',
  rpc: 'rpc',
  serfLan: 'server.serf.lan',
  serfWan: 'server.serf.wan',
  server: 'server',
  session: 'session',
  snapshot: 'snapshot',
  telemetry: 'telemetry',
  tls: 'tlsutil',
  transaction: 'txn',
  watch: 'watch',
} as const;
