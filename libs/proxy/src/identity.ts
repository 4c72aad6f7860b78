import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { type Clock, type Logger, MeshError } from '@mesh/base';
import { parseServiceUri, type ServiceIdentity } from '@mesh/connect-ca';
import { chainRefusal, type Refusal } from './refusal.ts';

/** Certificate and key of this proxy's service, as /v1/agent/connect/ca/leaf gives them. */
export interface Leaf {
  readonly SerialNumber: string;
  /** May hold a chain. */
  readonly CertPEM: string;
  readonly PrivateKeyPEM: string;
  readonly ServiceURI: string;
  /** RFC 3339. */
  readonly ValidBefore: string;
}

/** Authorities that are trusted: those that are on their way out too. */
export interface Roots {
  readonly TrustDomain: string;
  readonly Roots: readonly { readonly RootCert: string; readonly Active?: boolean }[];
}

/** What is known of a peer whose certificate is good. */
export interface Peer {
  readonly identity: ServiceIdentity;
  /** Its certificate is good until then, milliseconds since the epoch. */
  readonly validBeforeMs: number;
}

/** The handshake's side of a peer's certificate. */
export interface Handshake {
  readonly certificate: X509Certificate | undefined;
  /** Whether OpenSSL found a chain to one of the roots; else its error. */
  readonly isChained: boolean;
  readonly chainError: unknown;
}

/**
 * TLS 1.2 and 1.3 with forward secrecy. AES-128 stands first: it is what the original's proxies agree on,
 * and less work than AES-256.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Who this proxy is and whom it trusts. Both change while connections go on. */
export class Identity {
  private readonly logger: Logger;
  private readonly clock: Clock;
  private leaf: Leaf | undefined;
  private roots: Roots | undefined;
  private options: SecureContextOptions | undefined;
  private secureContext: SecureContext | undefined;
  private readonly listeners = new Set<() => void>();
  private names: readonly string[] = [];
  /** Grows with every change: what was agreed on before may not hold any more. */
  generation = 0;
  /** Times at which another certificate was taken. */
  renewals = 0;

  constructor(logger: Logger, clock: Clock) {
    this.logger = logger;
    this.clock = clock;
  }

  /** RFC 3339; '' while there is no certificate. */
  get validBefore(): string {
    return this.leaf?.ValidBefore ?? '';
  }

  get uri(): string {
    return this.leaf?.ServiceURI ?? '';
  }

  get serialNumber(): string {
    return this.leaf?.SerialNumber ?? '';
  }

  /** Common names of the authorities. */
  get rootNames(): readonly string[] {
    return this.names;
  }

  /** Certificate, key and authorities for new connections. Throws `unavailable` while there are none. */
  get tlsOptions(): SecureContextOptions {
    if (!this.options) throw new MeshError('unavailable', 'there is no certificate yet');
    return this.options;
  }

  /** The same, read once for all connections. */
  get context(): SecureContext {
    this.secureContext ??= createSecureContext(this.tlsOptions);
    return this.secureContext;
  }

  /** Called when new connections are to be made otherwise. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Throws MeshError `invalid-argument` when certificate and key are no pair; the one before stays. */
  setLeaf(leaf: Leaf): void {
    if (leaf.CertPEM === this.leaf?.CertPEM) return;
    this.rebuild(leaf, this.roots);
    if (this.leaf) this.renewals++;
    this.leaf = leaf;
  }

  setRoots(roots: Roots): void {
    this.rebuild(this.leaf, roots);
    this.roots = roots;
  }

  /** The service behind a peer's certificate, or why it is refused. */
  peer({ certificate, isChained, chainError }: Handshake): Peer | Refusal {
    if (!certificate) return 'no certificate';
    if (!isChained) return chainRefusal(chainError);
    // A resumed session brings the verdict of its first handshake with it: the time has moved on.
    const validBeforeMs = Date.parse(certificate.validTo);
    if (validBeforeMs <= this.clock.nowMs()) return 'expired certificate';
    const uris = urisOf(certificate);
    const identity = uris.length === 1 ? parseServiceUri(uris[0]!) : undefined;
    if (!identity) return 'no service';
    return identity.trustDomain === this.roots?.TrustDomain.toLowerCase()
      ? { identity, validBeforeMs }
      : 'other trust domain';
  }

  private rebuild(leaf: Leaf | undefined, roots: Roots | undefined): void {
    if (!leaf || !roots) return;
    const ca = roots.Roots.map(({ RootCert }) => RootCert);
    const { CertPEM: cert, PrivateKeyPEM: key } = leaf;
    const options: SecureContextOptions = {
      ...{ cert, key, ca, ciphers: CIPHERS, honorCipherOrder: true },
      minVersion: 'TLSv1.2',
    };
    try {
      this.secureContext = createSecureContext(options);
    } catch (cause) {
      // The key itself is in no message of OpenSSL's.
      const { message } = cause as Error;
      throw new MeshError('invalid-argument', `unusable certificate: ${message}`, { cause });
    }
    this.options = options;
    this.generation++;
    this.names = ca.map((pem) => commonName(pem));
    this.logger.info('Parsed TLS identity', {
      uri: leaf.ServiceURI,
      roots: `[${this.names.join(' ')}]`,
    });
    for (const listener of this.listeners) listener();
  }
}

function commonName(pem: string): string {
  return /CN=(.*)/.exec(new X509Certificate(pem).subject)?.[1] ?? '';
}

/** URIs among the alternative names; odd characters come quoted from Node, and make no service. */
function urisOf({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith('URI:'))
    .map((name) => name.slice('URI:'.length));
}
