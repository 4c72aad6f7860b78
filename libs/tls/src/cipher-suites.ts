import { invalid } from '@mesh/base';

/**
 * Names of cipher suites as the original's configuration has them (those of RFC 5246, 5289 and 7905)
 * and as OpenSSL calls them. Suites with RC4 and 3DES are left out: they are broken, and OpenSSL offers
 * them no more.
 */
const SUITES: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
};

/**
 * The suites of `tls_cipher_suites` as OpenSSL takes them; '' for none. They bound TLS 1.2 and below:
 * the suites of TLS 1.3 are all good and not for choice, as in the original.
 *
 * @throws MeshError `invalid-argument` naming a suite that is not offered and those that are
 */
export function opensslSuites(names: readonly string[]): string {
  return names.map(opensslSuite).join(':');
}

function opensslSuite(name: string): string {
  const known = Object.hasOwn(SUITES, name) ? SUITES[name] : undefined;
  if (known !== undefined) return known;
  const accepted = Object.keys(SUITES).join(', ');
  throw invalid(
    `tls_cipher_suites: "${name}" is not a suite that is offered, accepted are ${accepted}`,
  );
}
