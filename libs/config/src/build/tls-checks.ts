import { invalid } from '@mesh/base';
import type { Settings } from '../settings/settings.ts';

/** What verifies others, and so needs certificates of a CA. */
const NEED_CA = [
  'verify_outgoing',
  'verify_server_hostname',
  'verify_incoming',
  'verify_incoming_rpc',
  'verify_incoming_https',
] as const;
/** What makes this agent the server of a TLS connection, and so needs a certificate of its own. */
const NEED_PAIR = ['verify_incoming', 'verify_incoming_rpc', 'verify_incoming_https'] as const;

/**
 * Checks the keys of TLS against each other; the files are read later.
 * @throws MeshError `invalid-argument` naming file and keys
 */
export function checkTls(settings: Settings): void {
  refuseAutoEncrypt(settings);
  const isSet = (name: string): boolean => settings.text(name) !== '';
  const fail = (name: string, why: string): never => {
    throw invalid(`${settings.prefix(name)}${name}: ${why}`);
  };
  if (isSet('cert_file') && !isSet('key_file')) {
    fail('cert_file', 'a certificate needs its private key in key_file');
  }
  if (isSet('key_file') && !isSet('cert_file')) {
    fail('key_file', 'a private key needs its certificate in cert_file');
  }
  const hasCa = isSet('ca_file') || isSet('ca_path');
  for (const name of NEED_CA.filter((one) => settings.flag(one) && !hasCa)) {
    fail(name, 'nothing can be verified without a CA: set ca_file or ca_path');
  }
  if (isSet('cert_file')) return;
  for (const name of NEED_PAIR.filter((one) => settings.flag(one))) {
    fail(name, 'this agent has no certificate to meet clients with: set cert_file and key_file');
  }
  if (settings.number('ports.https') > 0) {
    fail('ports.https', 'HTTPS needs a certificate: set cert_file and key_file');
  }
}

/** Certificates that agents get from servers: refused rather than left without effect. */
function refuseAutoEncrypt(settings: Settings): void {
  for (const name of ['auto_encrypt.tls', 'auto_encrypt.allow_tls']) {
    if (!settings.flag(name)) continue;
    throw invalid(
      `${settings.prefix(name)}${name}: servers do not hand out certificates in this version: ` +
        "make them with 'consul tls cert create -client' and set ca_file, cert_file and key_file",
    );
  }
}
