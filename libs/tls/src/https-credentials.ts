import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { invalid } from '@mesh/base';
import type { TlsConfig } from '@mesh/config';
import { readMaterial, type TlsMaterial } from './tls-material.ts';

/** What the HTTPS listener meets its clients with. */
export class HttpsCredentials {
  private readonly verify: boolean;
  private material: TlsMaterial;

  /** @throws MeshError `invalid-argument` naming key and file, also where there is no certificate */
  constructor(config: TlsConfig) {
    this.verify = config.verifyIncomingHttps;
    this.material = readComplete(config, this.verify);
  }

  /** Options of the listener: clients that must show a certificate of the authorities, and do not, are refused. */
  get options(): TlsOptions {
    return { ...this.context, requestCert: this.verify, rejectUnauthorized: this.verify };
  }

  /** Certificate, key, authorities, versions and suites: what a running listener can take anew. */
  get context(): SecureContextOptions {
    return this.material.options;
  }

  /**
   * Reads the files again, and those that the new configuration names. Whether clients are verified stays.
   *
   * @throws MeshError `invalid-argument` naming key and file; then nothing has changed
   */
  reload(config: TlsConfig): void {
    this.material = readComplete(config, this.verify);
  }
}

function readComplete(config: TlsConfig, verify: boolean): TlsMaterial {
  const material = readMaterial(config);
  if (!material.hasPair) {
    throw invalid('cert_file: HTTPS needs a certificate: set cert_file and key_file');
  }
  if (verify && !material.hasAuthorities) {
    throw invalid('verify_incoming_https: there is no CA: set ca_file or ca_path');
  }
  return material;
}
