import { type ConfigKey, key, later, WHOLE_MAX } from './key.ts';

/** DNS. */
export const DNS_KEYS: readonly ConfigKey[] = [
  key('alt_domain', 'text', 'Second DNS domain answered beside domain.', { tier: 'B' }),
  key('dns_config.a_record_limit', 'whole', 'Most A/AAAA answers, also over TCP.', {
    fallback: 0,
    fallbackDoc: '0 (none)',
    range: { min: 0, max: WHOLE_MAX },
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.allow_stale', 'flag', 'Any server may answer.', {
    fallback: true,
    reloadable: true,
  }),
  key('dns_config.cache_max_age', 'duration', 'With use_cache.', {
    fallback: '0s',
    reloadable: true,
    ...later('the agent cache'),
    tier: 'C',
  }),
  key('dns_config.disable_compression', 'flag', 'No name compression.', {
    fallback: false,
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.enable_additional_node_meta_txt', 'flag', 'Node meta as TXT in ADDITIONAL.', {
    fallback: true,
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.enable_truncate', 'flag', 'Set TC when answers were left out.', {
    fallback: false,
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.max_stale', 'duration', 'Oldest acceptable stale answer.', {
    fallback: '87600h',
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.node_ttl', 'duration', 'TTL of node answers.', {
    fallback: '0s',
    reloadable: true,
  }),
  key('dns_config.only_passing', 'flag', 'Leave out warning instances too.', {
    fallback: false,
    reloadable: true,
  }),
  key(
    'dns_config.prefer_namespace',
    'flag',
    'DNS names end in the namespace rather than the datacenter.',
    { fallback: false, reloadable: true, ...later('an enterprise feature'), tier: 'C' },
  ),
  key('dns_config.recursor_timeout', 'duration', 'Per upstream.', {
    fallback: '2s',
    reloadable: true,
    tier: 'B',
  }),
  key(
    'dns_config.service_ttl',
    'textMap',
    'TTL by service name; exact, prefix* or *; longest wins.',
    { fallback: {}, reloadable: true },
  ),
  key('dns_config.soa.expire', 'whole', 'SOA field.', {
    fallback: 86400,
    range: { min: 0, max: 4294967295 },
    unit: 'seconds',
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.soa.min_ttl', 'whole', 'SOA field, and TTL of negative answers.', {
    fallback: 0,
    range: { min: 0, max: 4294967295 },
    unit: 'seconds',
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.soa.refresh', 'whole', 'SOA field.', {
    fallback: 3600,
    range: { min: 0, max: 4294967295 },
    unit: 'seconds',
    reloadable: true,
    tier: 'B',
  }),
  key('dns_config.soa.retry', 'whole', 'SOA field.', {
    fallback: 600,
    range: { min: 0, max: 4294967295 },
    unit: 'seconds',
    reloadable: true,
    tier: 'B',
  }),
  key(
    'dns_config.udp_answer_limit',
    'whole',
    'Most answers over UDP without EDNS or with a payload of 512.',
    { fallback: 3, range: { min: 0, max: WHOLE_MAX }, reloadable: true },
  ),
  key('dns_config.use_cache', 'flag', 'Serve DNS from the agent cache.', {
    fallback: false,
    reloadable: true,
    ...later('the agent cache'),
    tier: 'C',
  }),
  key('domain', 'text', 'DNS domain.', { fallback: 'consul.' }),
  key('recursors', 'texts', 'Upstream DNS servers.', { fallback: [], reloadable: true }),
];
