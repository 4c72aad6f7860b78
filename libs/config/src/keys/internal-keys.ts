import { type ConfigKey, key, later } from './key.ts';

/** Enterprise features and values of the program itself. */
export const INTERNAL_KEYS: readonly ConfigKey[] = [
  key('audit.enabled', 'flag', 'Audit log of API calls.', {
    fallback: false,
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('audit.sink', 'map', 'Where the audit log goes.', {
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('segment', 'text', 'Network segment of this agent.', {
    fallbackDoc: 'empty',
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('segments', 'objects', 'Network segments of a server.', {
    fallback: [],
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('snapshot_agent', 'map', 'Settings of the snapshot agent.', {
    ...later('an enterprise feature'),
    tier: 'C',
  }),
  key('sync_coordinate_interval_min', 'duration', 'Shortest time between two coordinate updates.', {
    fallback: '15s',
    settable: false,
    tier: 'C',
  }),
  key(
    'sync_coordinate_rate_target',
    'number',
    'Coordinate updates a second in the whole cluster.',
    { fallback: 64, settable: false, tier: 'C' },
  ),
  key('consul', 'group', 'Internals of the server.', { tier: 'C' }),
  key('consul.coordinate.update_batch_size', 'whole', 'Coordinate updates in one log entry.', {
    fallback: 128,
    settable: false,
    tier: 'C',
  }),
  key(
    'consul.coordinate.update_max_batches',
    'whole',
    'Log entries of coordinates in one period.',
    { fallback: 5, settable: false, tier: 'C' },
  ),
  key('consul.coordinate.update_period', 'duration', 'How often coordinates are written.', {
    fallback: '5s',
    devFallback: '100ms',
    settable: false,
    tier: 'C',
  }),
  key('consul.raft.election_timeout', 'duration', 'Raft election timeout at multiplier 1.', {
    settable: false,
    tier: 'C',
  }),
  key('consul.raft.heartbeat_timeout', 'duration', 'Raft heartbeat timeout at multiplier 1.', {
    settable: false,
    tier: 'C',
  }),
  key('consul.raft.leader_lease_timeout', 'duration', 'Raft leader lease at multiplier 1.', {
    settable: false,
    tier: 'C',
  }),
  key('consul.server.health_interval', 'duration', 'How often server health is looked at.', {
    fallback: '2s',
    devFallback: '10ms',
    settable: false,
    tier: 'C',
  }),
  key('revision', 'text', 'Source revision of the build.', { settable: false, tier: 'C' }),
  key('segment_limit', 'whole', 'Most segments.', {
    fallback: 64,
    settable: false,
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segment_name_limit', 'whole', 'Longest segment name.', {
    fallback: 64,
    settable: false,
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segments.advertise', 'text', 'Address told to members of the segment.', {
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segments.bind', 'text', 'Bind address of the segment.', {
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segments.name', 'text', 'Name of the segment.', {
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segments.port', 'whole', 'Gossip port of the segment.', {
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('segments.rpc_listener', 'flag', 'Separate RPC listener for the segment.', {
    ...later('segments (an enterprise feature)'),
    tier: 'C',
  }),
  key('version', 'text', 'Version of the build.', {
    fallback: '1.8.6',
    settable: false,
    tier: 'C',
  }),
  key('version_prerelease', 'text', 'Pre-release label of the build.', {
    settable: false,
    tier: 'C',
  }),
];
