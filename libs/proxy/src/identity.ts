import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { type Logger, MeshError } from '@mesh/base';
import { parseServiceUri, type ServiceIdentity } from '@mesh/connect-ca';

/** Certificate and key of this proxy's service. */
export interface Leaf {
  readonly CertPEM: string;
  readonly PrivateKeyPEM: string;
  readonly ServiceURI: string;
  readonly ValidBefore: string;
}

/** Authorities that are trusted. */
export interface Roots {
  readonly TrustDomain: string;
  readonly Roots: readonly { readonly RootCert: string; readonly Name?: string }[];
}

/** Why a peer is refused, in words that are few enough for a metric's label. */
export type Refusal =
  | 'no certificate'
  | 'unknown authority'
  | 'expired certificate'
  | 'other trust domain'
  | 'no service'
  | 'other service'
  | 'denied by intention'
  | 'bad certificate';

/** Who this proxy is and whom it trusts. Both change while connections go on. */
export class Identity {
  private readonly logger: Logger;
  private leaf: Leaf | undefined;
  private roots: Roots | undefined;
  private options: SecureContextOptions | undefined;
  private readonly listeners = new Set<() => void>();
  /** Times at which another certificate was taken. */
  renewals = 0;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  get isReady(): boolean {
    return this.options !== undefined;
  }

  get validBefore(): string {
    return this.leaf?.ValidBefore ?? '';
  }

  /** Certificate, key and authorities for new connections. */
  get tlsOptions(): SecureContextOptions {
    if (!this.options) throw new MeshError('unavailable', 'there is no certificate yet');
    return this.options;
  }

  /** Called when new connections are made otherwise. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  setLeaf(leaf: Leaf): void {
    if (this.leaf) this.renewals++;
    this.leaf = leaf;
    this.rebuild();
  }

  setRoots(roots: Roots): void {
    this.roots = roots;
    this.rebuild();
  }

  /** The service behind a peer's certificate, or why it is refused. */
  peer(socket: TLSSocket): ServiceIdentity | Refusal {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return 'no certificate';
    if (!socket.authorized) return reasonOf(socket.authorizationError);
    const uris = urisOf(certificate);
    const identity = uris.length === 1 ? parseServiceUri(uris[0]!) : undefined;
    if (!identity) return 'no service';
    return identity.trustDomain === this.roots?.TrustDomain.toLowerCase()
      ? identity
      : 'other trust domain';
  }

  private rebuild(): void {
    const { leaf, roots } = this;
    if (!leaf || !roots) return;
    const ca = roots.Roots.map(({ RootCert }) => RootCert);
    const { CertPEM: cert, PrivateKeyPEM: key } = leaf;
    this.options = { cert, key, ca, minVersion: 'TLSv1.2' };
    const names = ca.map((pem) => commonName(pem)).join(' ');
    this.logger.info('Parsed TLS identity', { uri: leaf.ServiceURI, roots: `[${names}]` });
    for (const listener of this.listeners) listener();
  }
}

function commonName(pem: string): string {
  return /CN=(.*)/.exec(new X509Certificate(pem).subject)?.[1] ?? '';
}

function urisOf({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith('URI:'))
    .map((name) => name.slice('URI:'.length));
}

function reasonOf(error: unknown): Refusal {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : String(error);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired certificate';
  const unknown = [
    ...[
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
    ],
    ...[
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_SIGNATURE_FAILURE',
    ],
  ];
  return unknown.includes(code ?? '') ? 'unknown authority' : 'bad certificate';
}
