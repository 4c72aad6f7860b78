import { type ConfigKey, key } from './key.ts';

/** TLS of RPC and HTTPS. */
export const TLS_KEYS: readonly ConfigKey[] = [
  key('ca_file', 'text', 'CA bundle for RPC and HTTPS.', {
    reloadable: true,
    tier: 'B',
  }),
  key('ca_path', 'text', 'Folder of CA certificates.', {
    reloadable: true,
    tier: 'B',
  }),
  key('cert_file', 'text', 'Certificate of this agent.', {
    reloadable: true,
    tier: 'B',
  }),
  key('key_file', 'text', 'Its private key.', {
    reloadable: true,
    secret: true,
    tier: 'B',
  }),
  key('server_name', 'text', 'Name in TLS certificates.', {
    fallbackDoc: 'node name',
    tier: 'C',
  }),
  key('tls_cipher_suites', 'text', 'Suites of TLS 1.2 and below, comma separated.', {
    fallbackDoc: 'those of OpenSSL',
    tier: 'C',
  }),
  key('tls_min_version', 'text', 'Oldest version that is spoken: tls10, tls11 or tls12.', {
    fallback: 'tls12',
    accepted: ['tls10', 'tls11', 'tls12'],
    tier: 'B',
  }),
  key(
    'tls_prefer_server_cipher_suites',
    'flag',
    'The order of a server counts, not that of its client.',
    {
      fallback: false,
      tier: 'C',
    },
  ),
  key('verify_incoming', 'flag', 'Clients must present certificates (RPC and HTTPS).', {
    fallback: false,
    tier: 'B',
  }),
  key('verify_incoming_https', 'flag', 'HTTPS only.', {
    fallback: false,
    tier: 'B',
  }),
  key('verify_incoming_rpc', 'flag', 'RPC only.', { fallback: false, tier: 'B' }),
  key('verify_outgoing', 'flag', 'RPC to servers over TLS, with certificates of the CA.', {
    fallback: false,
    tier: 'B',
  }),
  key('verify_server_hostname', 'flag', 'Name must be server.<dc>.<domain>.', {
    fallback: false,
    tier: 'B',
  }),
];
