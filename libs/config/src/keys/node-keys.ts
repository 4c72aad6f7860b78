import { type ConfigKey, key } from './key.ts';

/** The node and its life. */
export const NODE_KEYS: readonly ConfigKey[] = [
  key('data_dir', 'text', 'State on disk.', { fallbackDoc: 'required unless -dev' }),
  key('datacenter', 'text', 'Lower-cased; [a-z0-9-_].', { fallback: 'dc1' }),
  key('disable_anonymous_signature', 'flag', 'No signature in the update check.', {
    fallback: false,
    devFallback: true,
    tier: 'C',
  }),
  key('disable_coordinates', 'flag', 'No network coordinates.', { fallback: false, tier: 'B' }),
  key('disable_host_node_id', 'flag', 'Random node id instead of one derived from the host.', {
    fallback: true,
    capability: { never: 'node ids are always random' },
    tier: 'B',
  }),
  key('disable_remote_exec', 'flag', 'Ignore exec requests.', { fallback: true, tier: 'B' }),
  key('disable_update_check', 'flag', 'No call home.', { fallback: false, tier: 'C' }),
  key('leave_on_terminate', 'flag', 'Leave gracefully on SIGTERM.', {
    fallbackDoc: 'server false, client true',
  }),
  key('node_id', 'text', 'UUID, must be unique.', {
    fallbackDoc: 'random, kept in data_dir/node-id',
  }),
  key('node_meta', 'textMap', 'At most 64 pairs; rfc1035- prefix prints the bare value in TXT.', {
    fallback: {},
    reloadable: true,
  }),
  key('node_name', 'text', 'Name of the node.', { fallbackDoc: 'hostname' }),
  key('pid_file', 'text', 'Written at start, removed at exit.', { fallbackDoc: 'none', tier: 'B' }),
  key('primary_datacenter', 'text', 'Where ACLs, intentions, CA live.', {
    fallbackDoc: 'datacenter',
    tier: 'B',
  }),
  key('server', 'flag', 'Server or client.', { fallback: false, devFallback: true }),
  key('skip_leave_on_interrupt', 'flag', 'SIGINT ends without leaving.', {
    fallbackDoc: 'server true, client false',
  }),
];
