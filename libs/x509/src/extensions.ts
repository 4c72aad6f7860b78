import { createHash } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
} from '@peculiar/x509';

/** Key id of a public key (DER of its SubjectPublicKeyInfo): SHA-256, as the original has it. */
export function keyId(spki: ArrayBuffer): string {
  return createHash('sha256').update(Buffer.from(spki)).digest('hex');
}

/**
 * What an authority's certificate says of it.
 * @param pathLength authorities that may stand below it; without it any number
 */
export function rootExtensions(
  subjectKey: string,
  authorityKey: string,
  uris: readonly string[],
  pathLength?: number,
) {
  const { digitalSignature, keyCertSign, cRLSign } = KeyUsageFlags;
  return [
    new KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
    new BasicConstraintsExtension(true, pathLength, true),
    new SubjectKeyIdentifierExtension(subjectKey),
    new AuthorityKeyIdentifierExtension(authorityKey),
    ...(uris.length > 0 ? [names(uris)] : []),
  ];
}

/** What a service's certificate says of it. */
export function leafExtensions(subjectKey: string, authorityKey: string, uri: string): Extension[] {
  const { digitalSignature, keyEncipherment, dataEncipherment, keyAgreement } = KeyUsageFlags;
  const usages = digitalSignature | keyEncipherment | dataEncipherment | keyAgreement;
  return [
    new KeyUsagesExtension(usages, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
    new BasicConstraintsExtension(false, undefined, true),
    new SubjectKeyIdentifierExtension(subjectKey),
    new AuthorityKeyIdentifierExtension(authorityKey),
    names([uri]),
  ];
}

/** Alternative names of the subject, URIs. */
export function names(uris: readonly string[]): SubjectAlternativeNameExtension {
  return new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url', value })));
}

/** The URIs among the alternative names; none where the extension is absent. */
export function urisOf(extension: SubjectAlternativeNameExtension | null | undefined): string[] {
  const all = extension?.names.items ?? [];
  return all.filter(({ type }) => type === 'url').map(({ value }) => value);
}
