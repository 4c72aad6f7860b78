import { type ConfigKey, key, later, WHOLE_MAX } from './key.ts';

/** HTTP API, UI, limits. */
export const HTTP_KEYS: readonly ConfigKey[] = [
  key('cache.entry_fetch_max_burst', 'whole', 'Rate limit of the agent cache per entry.', {
    fallback: 2,
    ...later('the agent cache'),
    tier: 'C',
  }),
  key('cache.entry_fetch_rate', 'number', 'Rate limit of the agent cache per entry.', {
    fallbackDoc: 'no limit',
    ...later('the agent cache'),
    tier: 'C',
  }),
  key('default_query_time', 'duration', 'Blocking time when ?wait is absent.', {
    fallback: '300s',
  }),
  key('max_query_time', 'duration', 'Upper bound of ?wait.', { fallback: '600s' }),
  key(
    'disable_http_unprintable_char_filter',
    'flag',
    'Let unprintable characters through in URLs.',
    { fallback: false, tier: 'C' },
  ),
  key('discovery_max_stale', 'duration', 'Catalog and health reads may be this stale by default.', {
    fallback: '0s',
    tier: 'B',
  }),
  key('enable_debug', 'flag', 'Profiling routes without ACL.', {
    fallback: false,
    devFallback: true,
    tier: 'B',
  }),
  key(
    'http_config.allow_write_http_from',
    'texts',
    'CIDRs that may send anything but GET/HEAD/OPTIONS; else 403.',
    { fallback: [], tier: 'B' },
  ),
  key('http_config.block_endpoints', 'texts', 'Path prefixes answered with 403.', {
    fallback: [],
    tier: 'B',
  }),
  key('http_config.response_headers', 'textMap', 'Added to every API and UI answer.', {
    fallback: {},
  }),
  key('http_config.use_cache', 'flag', '?cached allowed.', { fallback: true, tier: 'B' }),
  key('limits.http_max_conns_per_client', 'whole', 'HTTP connections per client address.', {
    fallback: 200,
    range: { min: 0, max: WHOLE_MAX },
    reloadable: true,
    tier: 'B',
  }),
  key('limits.https_handshake_timeout', 'duration', 'TLS handshake.', {
    fallback: '5s',
    tier: 'C',
  }),
  key('limits.kv_max_value_size', 'whole', 'Largest KV value, bytes.', {
    fallback: 524288,
    range: { min: 1, max: WHOLE_MAX },
    unit: 'bytes',
    tier: 'B',
  }),
  key(
    'limits.rpc_handshake_timeout',
    'duration',
    'RPC connection to its first stream; 0 no limit.',
    {
      fallback: '5s',
      tier: 'C',
    },
  ),
  key('limits.rpc_max_burst', 'whole', 'Client-side RPC rate limit.', {
    fallback: 1000,
    reloadable: true,
    ...later('rate limits of clients'),
    tier: 'C',
  }),
  key('limits.rpc_max_conns_per_client', 'whole', 'RPC connections per client address.', {
    fallback: 100,
    range: { min: 0, max: WHOLE_MAX },
    tier: 'C',
  }),
  key('limits.rpc_rate', 'number', 'Client-side RPC rate limit.', {
    fallback: -1,
    fallbackDoc: '-1 (no limit)',
    reloadable: true,
    ...later('rate limits of clients'),
    tier: 'C',
  }),
  key('limits.txn_max_req_len', 'whole', 'Largest transaction body, bytes.', {
    fallback: 524288,
    range: { min: 1, max: WHOLE_MAX },
    unit: 'bytes',
    tier: 'B',
  }),
  key('ui', 'flag', 'Serve the UI.', {
    fallback: false,
    devFallback: true,
  }),
  key('ui_content_path', 'text', 'URL path of the UI.', {
    fallback: '/ui/',
  }),
  key('ui_dir', 'text', 'Serve the UI from a folder.', {
    fallbackDoc: 'none',
    tier: 'B',
  }),
];
