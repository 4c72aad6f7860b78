import { type ConfigKey, key, later, WHOLE_MAX } from './key.ts';

/** Servers: bootstrap, Raft, autopilot. */
export const SERVER_KEYS: readonly ConfigKey[] = [
  key('autopilot.cleanup_dead_servers', 'flag', 'Drop failed servers when a new one joins.', {
    fallback: true,
    tier: 'B',
  }),
  key('autopilot.last_contact_threshold', 'duration', 'A server silent for longer is unhealthy.', {
    fallback: '200ms',
    tier: 'B',
  }),
  key('autopilot.max_trailing_logs', 'whole', 'A server further behind is unhealthy.', {
    fallback: 250,
    range: { min: 0, max: WHOLE_MAX },
    tier: 'B',
  }),
  key('autopilot.min_quorum', 'whole', 'Never prune below this many servers.', {
    fallback: 0,
    range: { min: 0, max: WHOLE_MAX },
    tier: 'B',
  }),
  key(
    'autopilot.server_stabilization_time',
    'duration',
    'A new server must be healthy this long to become a voter.',
    { fallback: '10s', tier: 'B' },
  ),
  key('autopilot.redundancy_zone_tag', 'text', 'Node meta key that names the redundancy zone.', {
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('autopilot.disable_upgrade_migration', 'flag', 'No automatic move to newer servers.', {
    fallback: false,
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('autopilot.upgrade_version_tag', 'text', 'Node meta key with the version to compare.', {
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('bootstrap', 'flag', 'Single server elects itself.', { fallback: false }),
  key(
    'bootstrap_expect',
    'whole',
    'Servers to wait for before the first election; 1 equals bootstrap.',
    { fallback: 0, range: { min: 0, max: WHOLE_MAX } },
  ),
  key('non_voting_server', 'flag', 'Server that never votes.', {
    fallback: false,
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('performance.leave_drain_time', 'duration', 'How long a leaving server keeps answering.', {
    fallback: '5s',
    tier: 'B',
  }),
  key('performance.raft_multiplier', 'whole', 'Scales Raft timeouts, 1-10.', {
    fallback: 5,
    devFallback: 1,
    range: { min: 1, max: 10 },
    tier: 'B',
  }),
  key('performance.rpc_hold_timeout', 'duration', 'How long a request waits for a leader.', {
    fallback: '7s',
    tier: 'B',
  }),
  key('protocol', 'whole', 'Consul protocol.', {
    fallback: 2,
    range: { min: 2, max: 3 },
    tier: 'C',
  }),
  key('raft_protocol', 'whole', 'Raft protocol.', {
    fallbackDoc: '3 (2 understood)',
    range: { min: 2, max: 3 },
    tier: 'B',
  }),
  key('raft_snapshot_interval', 'duration', 'How often a snapshot is considered.', {
    fallbackDoc: '30s',
    tier: 'B',
  }),
  key('raft_snapshot_threshold', 'whole', 'Entries since the last one.', {
    fallbackDoc: '16384',
    tier: 'B',
  }),
  key('raft_trailing_logs', 'whole', 'Entries kept after a snapshot.', {
    fallbackDoc: '10240',
    tier: 'B',
  }),
];
