/** What every certificate is put together of. */
import { randomBytes } from 'node:crypto';
import { invalid } from '@mesh/base';
import type { Issuer, Validity } from '@mesh/connect-ca';
import { Name, SubjectKeyIdentifierExtension, X509Certificate } from '@peculiar/x509';
import { keyId } from './extensions.ts';
import { signingKeys } from './keys.ts';

/** Who signs, as certificates name it. */
export async function signer({ certPem, keyPem }: Issuer) {
  const certificate = parseCertificate(certPem);
  const { keys, algorithm } = await signingKeys(keyPem);
  return {
    name: certificate.subjectName,
    keyId: subjectKeyIdOf(certificate) || keyId(certificate.publicKey.rawData),
    key: keys.privateKey,
    algorithm,
  };
}

/** Key id of the subject, hexadecimal; '' where there is none. */
export function subjectKeyIdOf(certificate: X509Certificate): string {
  return certificate.getExtension(SubjectKeyIdentifierExtension)?.keyId ?? '';
}

/** Throws `invalid-argument`. */
export function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalid('the certificate is no PEM of an X.509 certificate');
  }
}

/** A name of nothing but a common name. */
export function distinguished(commonName: string): Name {
  return new Name([{ CN: [commonName] }]);
}

/** Whole seconds: certificates have no fractions. */
export function dates({ notBeforeMs, notAfterMs }: Validity) {
  const second = (ms: number) => new Date(Math.floor(ms / 1000) * 1000);
  return { notBefore: second(notBeforeMs), notAfter: second(notAfterMs) };
}

/** A serial number, hexadecimal: positive, whatever the first bit. */
export function serial(bytes: number): string {
  const random = randomBytes(bytes);
  random[0] = (random[0]! & 0x7f) | 0x01;
  return random.toString('hex');
}
