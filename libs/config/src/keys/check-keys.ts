import { type ConfigKey, key, WHOLE_MAX } from './key.ts';

/** Definitions in files, checks, watches, anti-entropy. */
export const CHECK_KEYS: readonly ConfigKey[] = [
  key('ae_interval', 'duration', 'Full anti-entropy period (scaled with cluster size).', {
    fallback: '1m',
    tier: 'C',
  }),
  key('check', 'definition', 'One check definition (see check.*).', { reloadable: true }),
  key('checks', 'definitions', 'List of check definitions.', { reloadable: true }),
  key(
    'check_deregister_interval_min',
    'duration',
    'Floor of deregister_critical_service_after; not settable.',
    { fallback: '1m', settable: false, tier: 'B' },
  ),
  key('check_output_max_size', 'whole', 'Bytes of check output kept.', {
    fallback: 4096,
    range: { min: 1, max: WHOLE_MAX },
    unit: 'bytes',
    tier: 'B',
  }),
  key('check_reap_interval', 'duration', 'How often the reaper looks; not settable.', {
    fallback: '30s',
    settable: false,
    tier: 'C',
  }),
  key(
    'check_update_interval',
    'duration',
    'How long output-only changes are held back from the catalog.',
    { fallback: '5m', tier: 'B' },
  ),
  key('discard_check_output', 'flag', 'Keep no check output.', {
    fallback: false,
    reloadable: true,
    tier: 'B',
  }),
  key(
    'enable_agent_tls_for_checks',
    'flag',
    'Present the agent certificate in HTTP and gRPC checks.',
    { fallback: false, tier: 'C' },
  ),
  key('enable_local_script_checks', 'flag', 'Script checks from files only.', { fallback: false }),
  key('enable_script_checks', 'flag', 'Script checks from files and the API.', { fallback: false }),
  key('service', 'definition', 'One service definition (see service.*).', { reloadable: true }),
  key('services', 'definitions', 'List of service definitions.', { reloadable: true }),
  key('session_ttl_min', 'duration', 'Shortest session TTL.', { fallbackDoc: '10s', tier: 'B' }),
  key(
    'watches',
    'maps',
    'List of watches: type, args or handler_type http, and type-specific keys.',
    { fallback: [], reloadable: true, tier: 'B' },
  ),
];
