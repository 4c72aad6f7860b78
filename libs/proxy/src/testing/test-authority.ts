import { serviceUri } from '@mesh/connect-ca';
import { createCertifier } from '@mesh/x509';
import type { Leaf } from '../identity.ts';

const HOUR_MS = 3_600_000;
export const TRUST_DOMAIN = '11111111-2222-3333-4444-555555555555.consul';

/** What may be odd about a certificate. */
export interface LeafOptions {
  readonly trustDomain?: string;
  readonly datacenter?: string;
  /** In place of the service's URI. */
  readonly uri?: string;
  /** Relative to now, milliseconds. */
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
}

/** An authority that signs what a test wants. */
export class TestAuthority {
  readonly certPem: string;
  private readonly keyPem: string;

  private constructor(certPem: string, keyPem: string) {
    this.certPem = certPem;
    this.keyPem = keyPem;
  }

  static async create(name = 'pri-test.consul.ca.11111111.consul'): Promise<TestAuthority> {
    const certifier = createCertifier();
    const keyPem = await certifier.createKey('ec', 256);
    const certPem = await certifier.createRoot({
      ...{ keyPem, commonName: name, uri: `spiffe://${TRUST_DOMAIN}` },
      ...validity(-HOUR_MS, 24 * HOUR_MS),
    });
    return new TestAuthority(certPem, keyPem);
  }

  async leaf(service: string, options: LeafOptions = {}): Promise<Leaf> {
    const { trustDomain = TRUST_DOMAIN, datacenter = 'dc1' } = options;
    const { notBeforeMs = -60_000, notAfterMs = HOUR_MS } = options;
    const certifier = createCertifier();
    const keyPem = await certifier.createKey('ec', 256);
    const identity = { trustDomain, namespace: 'default', datacenter, service };
    const uri = options.uri ?? serviceUri(identity);
    const commonName = `${service}.svc.default.11111111.consul`;
    const csrPem = await certifier.createCsr({ keyPem, commonName, uri });
    const times = validity(notBeforeMs, notAfterMs);
    const CertPEM = await certifier.signLeaf({
      ...{ csrPem, commonName, uri, ...times },
      issuer: { certPem: this.certPem, keyPem: this.keyPem },
    });
    return {
      SerialNumber: '01',
      CertPEM,
      PrivateKeyPEM: keyPem,
      ServiceURI: uri,
      ValidBefore: new Date(times.notAfterMs).toISOString(),
    };
  }
}

function validity(fromMs: number, toMs: number) {
  const nowMs = Date.now();
  return { notBeforeMs: nowMs + fromMs, notAfterMs: nowMs + toMs };
}
