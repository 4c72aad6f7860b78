/** Certificates of agents: what `consul tls` makes. */
import { X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { invalid } from '@mesh/base';
import type { Issuer } from '@mesh/connect-ca';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { dates, distinguished, parseCertificate, serial, signer } from './certificate-parts.ts';
import { keyId, rootExtensions } from './extensions.ts';
import { createKeyPem, readKey, signingKeys } from './keys.ts';
import {
  isPermitted,
  NAME_CONSTRAINTS,
  nameConstraints,
  permittedDomains,
} from './name-constraints.ts';

const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;

/** A certificate with its key, PEM. */
export type Issued = Issuer;

export interface AgentCaOptions {
  /** Now, milliseconds since the epoch. */
  readonly nowMs: number;
  /** How long it is valid. */
  readonly days: number;
  /** Domains that its certificates may be for; empty for any. */
  readonly permittedDomains: readonly string[];
}

export interface AgentCertificateOptions {
  readonly issuer: Issuer;
  readonly nowMs: number;
  readonly days: number;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Sides of a TLS connection that its owner may take. */
  readonly usages: readonly ('server' | 'client')[];
}

cryptoProvider.set(webcrypto as never);

/** A new authority: a key of P-256 and its own certificate. */
export async function createAgentCa(options: AgentCaOptions): Promise<Issued> {
  const keyPem = await createKeyPem('ec', 256);
  const { keys, algorithm } = await signingKeys(keyPem);
  const id = keyId(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const serialNumber = serial(SERIAL_BYTES);
  const subject = distinguished(`Consul Agent CA ${BigInt(`0x${serialNumber}`)}`);
  const { permittedDomains: domains } = options;
  const certificate = await X509CertificateGenerator.create({
    ...validFor(options),
    ...{ serialNumber, subject, issuer: subject },
    signingAlgorithm: algorithm as never,
    signingKey: keys.privateKey as never,
    publicKey: keys.publicKey as never,
    extensions: [
      ...rootExtensions(id, id, []),
      ...(domains.length > 0 ? [nameConstraints(domains)] : []),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem };
}

/**
 * A certificate of an authority for a new key of P-256.
 *
 * @throws MeshError `invalid-argument` when the authority is none, its key is not its own, or it may
 * not sign for a name
 */
export async function createAgentCertificate(options: AgentCertificateOptions): Promise<Issued> {
  const { issuer, commonName, dnsNames } = options;
  refuseIssuer(issuer, dnsNames);
  const keyPem = await createKeyPem('ec', 256);
  const { keys } = await signingKeys(keyPem);
  const id = keyId(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const by = await signer(issuer);
  const certificate = await X509CertificateGenerator.create({
    ...validFor(options),
    serialNumber: serial(SERIAL_BYTES),
    subject: distinguished(commonName),
    issuer: by.name,
    signingAlgorithm: by.algorithm as never,
    signingKey: by.key as never,
    publicKey: keys.publicKey as never,
    extensions: agentExtensions(options, id, by.keyId),
  });
  return { certPem: certificate.toString('pem'), keyPem };
}

function agentExtensions(options: AgentCertificateOptions, id: string, authorityId: string) {
  const { serverAuth, clientAuth } = ExtendedKeyUsage;
  const usages = options.usages.map((usage) => (usage === 'server' ? serverAuth : clientAuth));
  const { digitalSignature, keyEncipherment } = KeyUsageFlags;
  return [
    new KeyUsagesExtension(digitalSignature | keyEncipherment, true),
    new ExtendedKeyUsageExtension(usages),
    new BasicConstraintsExtension(false, undefined, true),
    new SubjectKeyIdentifierExtension(id),
    new AuthorityKeyIdentifierExtension(authorityId),
    new SubjectAlternativeNameExtension([
      ...options.dnsNames.map((value) => ({ type: 'dns' as const, value })),
      ...options.ipAddresses.map((value) => ({ type: 'ip' as const, value })),
    ]),
  ];
}

function validFor({ nowMs, days }: { readonly nowMs: number; readonly days: number }) {
  return dates({ notBeforeMs: nowMs, notAfterMs: nowMs + days * DAY_MS });
}

/** What it signed would be refused by everyone else, and nobody would know why. */
function refuseIssuer({ certPem, keyPem }: Issuer, dnsNames: readonly string[]): void {
  const certificate = parseCertificate(certPem);
  if (certificate.getExtension(BasicConstraintsExtension)?.ca !== true) {
    throw invalid('the certificate is not that of a CA');
  }
  const node = new NodeCertificate(certificate.toString('pem'));
  if (!node.checkPrivateKey(readKey(keyPem))) {
    throw invalid("the CA's key does not fit its certificate");
  }
  const constraints = certificate.getExtension(NAME_CONSTRAINTS);
  const permitted = constraints ? permittedDomains(constraints.value) : undefined;
  if (!permitted) return;
  for (const name of dnsNames) {
    if (isPermitted(name, permitted)) continue;
    throw invalid(
      `the CA may not sign for "${name}": its name constraints permit ${permitted.join(', ')}`,
    );
  }
}
