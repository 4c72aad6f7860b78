import { type ConfigKey, key, later } from './key.ts';

/** `auto_config` and `auto_encrypt`: agents that fetch their own settings and certificates. */
export const AUTO_CONFIG_KEYS: readonly ConfigKey[] = [
  key('auto_config', 'group', 'Client configuration fetched from servers with a JWT.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_encrypt.allow_tls', 'flag', 'Servers hand out client certificates.', {
    fallback: false,
    ...later('auto_encrypt'),
    tier: 'C',
  }),
  key('auto_encrypt.tls', 'flag', 'Client fetches its TLS certificate from servers.', {
    fallback: false,
    ...later('auto_encrypt'),
    tier: 'C',
  }),
  key('auto_encrypt.dns_san', 'texts', 'Extra DNS names in that certificate.', {
    ...later('auto_encrypt'),
    tier: 'C',
  }),
  key('auto_encrypt.ip_san', 'texts', 'Extra IPs in that certificate.', {
    ...later('auto_encrypt'),
    tier: 'C',
  }),
  key('auto_config.authorization', 'group', 'Auto-config.', { ...later('auto-config'), tier: 'C' }),
  key('auto_config.authorization.enabled', 'flag', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static', 'group', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.allow_reuse', 'flag', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.bound_audiences', 'texts', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.bound_issuer', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.claim_assertions', 'texts', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.claim_mappings', 'textMap', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.clock_skew_leeway', 'duration', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.expiration_leeway', 'duration', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.jwks_ca_cert', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.jwks_url', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.jwt_supported_algs', 'texts', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.jwt_validation_pub_keys', 'texts', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.list_claim_mappings', 'textMap', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.not_before_leeway', 'duration', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.oidc_discovery_ca_cert', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.authorization.static.oidc_discovery_url', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.dns_sans', 'texts', 'Auto-config.', { ...later('auto-config'), tier: 'C' }),
  key('auto_config.enabled', 'flag', 'Auto-config.', { ...later('auto-config'), tier: 'C' }),
  key('auto_config.intro_token', 'text', 'Auto-config.', {
    secret: true,
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.intro_token_file', 'text', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
  key('auto_config.ip_sans', 'texts', 'Auto-config.', { ...later('auto-config'), tier: 'C' }),
  key('auto_config.server_addresses', 'texts', 'Auto-config.', {
    ...later('auto-config'),
    tier: 'C',
  }),
];
