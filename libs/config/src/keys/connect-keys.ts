import { type ConfigKey, key, later } from './key.ts';

/** Connect and config entries. */
export const CONNECT_KEYS: readonly ConfigKey[] = [
  key('config_entries.bootstrap', 'maps', 'Config entries a server writes at start if absent.', {
    tier: 'B',
  }),
  key('connect.enabled', 'flag', 'Servers run the CA and accept Connect.', {
    fallback: false,
    devFallback: true,
  }),
  key('connect.ca_provider', 'text', 'Consul, vault or aws-pca.', {
    fallbackDoc: 'consul',
    tier: 'B',
  }),
  key(
    'connect.ca_config',
    'map',
    'Provider settings: leaf_cert_ttl, rotation_period, private_key_type, private_key_bits.',
    { tier: 'B' },
  ),
  key('connect.enable_mesh_gateway_wan_federation', 'flag', 'Federate through mesh gateways.', {
    fallback: false,
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('connect.test_ca_leaf_root_change_spread', 'duration', 'Test only.', {
    fallback: '0s',
    settable: false,
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('enable_central_service_config', 'flag', 'Merge config entries into proxy registrations.', {
    fallback: false,
    tier: 'B',
  }),
  key('primary_gateways', 'texts', 'Mesh gateways of the primary.', {
    fallback: [],
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('primary_gateways_interval', 'duration', 'Retry of the same.', {
    fallback: '30s',
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
];
