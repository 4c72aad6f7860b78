import type { RaftIndex } from '@mesh/api-contract';
import type { KeyType } from './certifier.ts';

/** A certificate authority that signs or signed, as the API shows it. */
export interface CaRoot extends RaftIndex {
  /** SHA-1 of the certificate, `aa:bb:...`. */
  readonly ID: string;
  readonly Name: string;
  readonly SerialNumber: number;
  /** Key id of the key that signs, `aa:bb:...`. */
  readonly SigningKeyID: string;
  readonly ExternalTrustDomain: string;
  /** RFC 3339, whole seconds. */
  readonly NotBefore: string;
  readonly NotAfter: string;
  readonly RootCert: string;
  /** This authority certified by the one before it: lets peers that trust the old one follow. */
  readonly IntermediateCerts: readonly string[] | null;
  readonly Active: boolean;
  readonly PrivateKeyType: KeyType;
  readonly PrivateKeyBits: number;
}

/** An authority in the state: with the key that never leaves the servers. */
export interface StoredRoot extends CaRoot {
  /** PEM; '' where this datacenter does not sign with it. */
  readonly signingKey: string;
  /** PEM of who signs here, where it is not the authority itself but another datacenter's. */
  readonly signingCert?: string;
  /** Since when `signingCert` holds, milliseconds since the epoch. */
  readonly signedFromMs?: number;
  /** Until when certificates can be signed, milliseconds since the epoch. */
  readonly notAfterMs: number;
  /** When another one took its place, milliseconds since the epoch; 0 while it is the active one. */
  readonly rotatedOutAtMs: number;
}

/** What /v1/connect/ca/roots answers. */
export interface CaRoots {
  readonly ActiveRootID: string;
  readonly TrustDomain: string;
  readonly Roots: readonly CaRoot[];
}

/** Settings of the built-in provider, as the API shows them. Durations are texts such as 72h. */
export interface CaSettings {
  readonly LeafCertTTL: string;
  readonly IntermediateCertTTL: string;
  readonly RotationPeriod: string;
  readonly [name: string]: unknown;
}

/** What /v1/connect/ca/configuration answers and takes. */
export interface CaConfiguration extends RaftIndex {
  readonly Provider: string;
  readonly Config: CaSettings;
  readonly State: Readonly<Record<string, string>> | null;
  readonly ForceWithoutCrossSigning: boolean;
}

/** The configuration in the state. */
export interface StoredConfiguration extends CaConfiguration {
  readonly id: 'configuration';
  /** Made once with the authority; the trust domain is named after it. */
  readonly clusterId: string;
}

/** A certificate that was signed. */
export interface SignedLeaf {
  /** Hexadecimal. */
  readonly SerialNumber: string;
  /** The certificate, then the authorities between it and an older root. */
  readonly CertPEM: string;
  readonly Service: string;
  readonly ServiceURI: string;
  /** RFC 3339, whole seconds. */
  readonly ValidAfter: string;
  readonly ValidBefore: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}
