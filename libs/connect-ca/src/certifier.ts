/** Types of keys that certificates are made with. */
export type KeyType = 'ec' | 'rsa';

/** What a certificate request asks for. Its signature has been verified. */
export interface RequestFacts {
  /** URIs of the subject's alternative names. */
  readonly uris: readonly string[];
  readonly commonName: string;
}

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** SHA-1 of the certificate, `aa:bb:...`: how the API names roots. */
  readonly fingerprint: string;
  /** Hexadecimal, without colons. */
  readonly serialHex: string;
  /** `aa:bb:...` of the subject's key id; '' where there is none. */
  readonly subjectKeyId: string;
  readonly uris: readonly string[];
  readonly commonName: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly keyType: KeyType;
  readonly keyBits: number;
  readonly isCa: boolean;
}

/** How long a certificate is valid, milliseconds since the epoch. */
export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A certificate with its key, both PEM. */
export interface Issuer {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * Makes and reads certificates (RFC 5280); io implements it. Rejects with MeshError invalid-argument what it
 * cannot read. Keys never appear in its errors.
 */
export interface Certifier {
  /** A private key, PEM. `bits` 256, 384, 521 for ec; 2048, 4096 for rsa. */
  createKey(type: KeyType, bits: number): Promise<string>;
  /** A self-signed certificate of an authority. */
  createRoot(
    options: Validity & {
      readonly keyPem: string;
      readonly commonName: string;
      readonly uri: string;
    },
  ): Promise<string>;
  /** The same authority as `certPem` says, certified by another one. */
  crossSign(
    options: Validity & { readonly certPem: string; readonly issuer: Issuer },
  ): Promise<string>;
  /** A certificate request (RFC 2986), PEM. */
  createCsr(options: {
    readonly keyPem: string;
    readonly commonName: string;
    readonly uri: string;
  }): Promise<string>;
  /** A certificate of a service for the key and names of a request. */
  signLeaf(
    options: Validity & {
      readonly csrPem: string;
      readonly commonName: string;
      readonly uri: string;
      readonly issuer: Issuer;
    },
  ): Promise<string>;
  /** A certificate of another datacenter's authority, which signs certificates of services alone. */
  signIntermediate(
    options: Validity & {
      readonly csrPem: string;
      readonly commonName: string;
      readonly uri: string;
      readonly issuer: Issuer;
    },
  ): Promise<string>;
  readCsr(pem: string): Promise<RequestFacts>;
  readCertificate(pem: string): Promise<CertificateFacts>;
  /** Whether a private key is that of a certificate. */
  isKeyOf(keyPem: string, certPem: string): Promise<boolean>;
}
