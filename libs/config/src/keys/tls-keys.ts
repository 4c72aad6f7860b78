import { type ConfigKey, key, later } from './key.ts';

/** TLS of RPC and HTTPS. */
export const TLS_KEYS: readonly ConfigKey[] = [
  key('ca_file', 'text', 'CA bundle for RPC and HTTPS.', {
    reloadable: true,
    ...later('TLS'),
    tier: 'B',
  }),
  key('ca_path', 'text', 'Folder of CA certificates.', {
    reloadable: true,
    ...later('TLS'),
    tier: 'B',
  }),
  key('cert_file', 'text', 'Certificate of this agent.', {
    reloadable: true,
    ...later('TLS'),
    tier: 'B',
  }),
  key('key_file', 'text', 'Its private key.', {
    reloadable: true,
    secret: true,
    ...later('TLS'),
    tier: 'B',
  }),
  key('server_name', 'text', 'Name in TLS certificates.', {
    fallbackDoc: 'node name',
    ...later('TLS'),
    tier: 'C',
  }),
  key('tls_cipher_suites', 'text', 'Comma separated.', {
    fallbackDoc: 'Go defaults',
    ...later('TLS'),
    tier: 'C',
  }),
  key('tls_min_version', 'text', 'Tls10 tls11 tls12.', {
    fallback: 'tls12',
    accepted: ['tls10', 'tls11', 'tls12'],
    ...later('TLS'),
    tier: 'B',
  }),
  key('tls_prefer_server_cipher_suites', 'flag', 'TLS.', {
    fallback: false,
    ...later('TLS'),
    tier: 'C',
  }),
  key('verify_incoming', 'flag', 'Clients must present certificates (RPC and HTTPS).', {
    fallback: false,
    ...later('TLS'),
    tier: 'B',
  }),
  key('verify_incoming_https', 'flag', 'HTTPS only.', {
    fallback: false,
    ...later('TLS'),
    tier: 'B',
  }),
  key('verify_incoming_rpc', 'flag', 'RPC only.', { fallback: false, ...later('TLS'), tier: 'B' }),
  key('verify_outgoing', 'flag', 'Use TLS outwards.', {
    fallback: false,
    ...later('TLS'),
    tier: 'B',
  }),
  key('verify_server_hostname', 'flag', 'Name must be server.<dc>.<domain>.', {
    fallback: false,
    ...later('TLS'),
    tier: 'B',
  }),
];
