import { createPublicKey, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { invalid, MeshError } from '@mesh/base';
import type { CertificateFacts, Certifier, KeyType, RequestFacts } from '@mesh/connect-ca';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  type Name,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import {
  dates,
  distinguished,
  parseCertificate,
  serial,
  signer,
  subjectKeyIdOf,
} from './certificate-parts.ts';
import { keyId, leafExtensions, names, rootExtensions, urisOf } from './extensions.ts';
import { createKeyPem, keyFacts, readKey, signingKeys } from './keys.ts';

/** Serial numbers: unpredictable, and small enough for the numbers of JSON. */
const SERIAL_BYTES = 6;
/** A service's certificate has more of it (CA/Browser Forum: at least 64 bits). */
const LEAF_SERIAL_BYTES = 16;
/** Object identifier of the subject's alternative names (RFC 5280 4.2.1.6). */
const ALTERNATIVE_NAMES = '2.5.29.17';

cryptoProvider.set(webcrypto as never);

/** Certificates by @peculiar/x509 and Node's crypto. */
export function createCertifier(): Certifier {
  return {
    createKey: (type: KeyType, bits: number) => createKeyPem(type, bits),
    createRoot,
    crossSign: refusing('certificate', crossSign),
    createCsr,
    signLeaf: refusing('certificate request', signLeaf),
    signIntermediate: refusing('certificate request', signIntermediate),
    readCsr: refusing('certificate request', readCsr),
    readCertificate: refusing('certificate', readCertificate),
    isKeyOf,
  };
}

/** The parsers throw whatever comes to their mind at damaged input. */
function refusing<A, R>(what: string, run: (argument: A) => Promise<R>) {
  return async (argument: A): Promise<R> => {
    try {
      return await run(argument);
    } catch (thrown) {
      if (thrown instanceof MeshError) throw thrown;
      throw invalid(`the ${what} makes no sense`);
    }
  };
}

type RootOptions = Parameters<Certifier['createRoot']>[0];

async function createRoot({ keyPem, commonName, uri, ...validity }: RootOptions): Promise<string> {
  const { keys, algorithm } = await signingKeys(keyPem);
  const id = keyId(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  const subject = distinguished(commonName);
  const certificate = await X509CertificateGenerator.create({
    ...dates(validity),
    ...{ serialNumber: serial(SERIAL_BYTES), subject, issuer: subject },
    signingAlgorithm: algorithm as never,
    signingKey: keys.privateKey as never,
    publicKey: keys.publicKey as never,
    extensions: rootExtensions(id, id, [uri]),
  });
  return certificate.toString('pem');
}

async function crossSign({
  certPem,
  issuer,
  ...validity
}: Parameters<Certifier['crossSign']>[0]): Promise<string> {
  const subject = parseCertificate(certPem);
  const by = await signer(issuer);
  const certificate = await X509CertificateGenerator.create({
    ...dates(validity),
    serialNumber: serial(SERIAL_BYTES),
    subject: subject.subjectName,
    issuer: by.name,
    signingAlgorithm: by.algorithm as never,
    signingKey: by.key as never,
    publicKey: subject.publicKey,
    extensions: rootExtensions(
      subjectKeyIdOf(subject) || keyId(subject.publicKey.rawData),
      by.keyId,
      urisOf(subject.getExtension(SubjectAlternativeNameExtension)),
    ),
  });
  return certificate.toString('pem');
}

async function createCsr({
  keyPem,
  commonName,
  uri,
}: Parameters<Certifier['createCsr']>[0]): Promise<string> {
  const { keys, algorithm } = await signingKeys(keyPem);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: distinguished(commonName),
    keys: keys as never,
    signingAlgorithm: algorithm as never,
    extensions: [names([uri])],
  });
  return request.toString('pem');
}

async function signLeaf(options: Parameters<Certifier['signLeaf']>[0]): Promise<string> {
  const { csrPem, commonName, uri, issuer, ...validity } = options;
  const { publicKey } = parseRequest(csrPem);
  const by = await signer(issuer);
  const certificate = await X509CertificateGenerator.create({
    ...dates(validity),
    serialNumber: serial(LEAF_SERIAL_BYTES),
    subject: distinguished(commonName),
    issuer: by.name,
    signingAlgorithm: by.algorithm as never,
    signingKey: by.key as never,
    publicKey,
    extensions: leafExtensions(keyId(publicKey.rawData), by.keyId, uri),
  });
  return certificate.toString('pem');
}

async function signIntermediate(
  options: Parameters<Certifier['signIntermediate']>[0],
): Promise<string> {
  const { csrPem, commonName, uri, issuer, ...validity } = options;
  const { publicKey } = parseRequest(csrPem);
  const by = await signer(issuer);
  const certificate = await X509CertificateGenerator.create({
    ...dates(validity),
    serialNumber: serial(LEAF_SERIAL_BYTES),
    subject: distinguished(commonName),
    issuer: by.name,
    signingAlgorithm: by.algorithm as never,
    signingKey: by.key as never,
    publicKey,
    // It signs certificates of services, and of nobody else.
    extensions: rootExtensions(keyId(publicKey.rawData), by.keyId, [uri], 0),
  });
  return certificate.toString('pem');
}

async function readCsr(pem: string): Promise<RequestFacts> {
  const request = parseRequest(pem);
  const key = publicKeyOf(request.publicKey.toString('pem'));
  keyFacts(key);
  if (!(await request.verify().catch(() => false))) {
    throw invalid('the signature of the certificate request does not fit its key');
  }
  const extension = request.getExtension(ALTERNATIVE_NAMES);
  const uris = extension ? urisOf(new SubjectAlternativeNameExtension(extension.rawData)) : [];
  return { uris, commonName: commonNameOf(request.subjectName) };
}

async function readCertificate(pem: string): Promise<CertificateFacts> {
  const certificate = parseCertificate(pem);
  const node = new NodeCertificate(certificate.toString('pem'));
  const { type, bits } = keyFacts(node.publicKey);
  return {
    fingerprint: node.fingerprint.toLowerCase(),
    serialHex: certificate.serialNumber.toLowerCase(),
    subjectKeyId: colons(subjectKeyIdOf(certificate)),
    uris: urisOf(certificate.getExtension(SubjectAlternativeNameExtension)),
    commonName: commonNameOf(certificate.subjectName),
    notBeforeMs: certificate.notBefore.getTime(),
    notAfterMs: certificate.notAfter.getTime(),
    keyType: type,
    keyBits: bits,
    isCa: certificate.getExtension(BasicConstraintsExtension)?.ca === true,
  };
}

async function isKeyOf(keyPem: string, certPem: string): Promise<boolean> {
  const certificate = new NodeCertificate(parseCertificate(certPem).toString('pem'));
  return certificate.checkPrivateKey(readKey(keyPem));
}

function parseRequest(pem: string): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(pem);
  } catch {
    throw invalid('the certificate request is no PEM of a PKCS #10 request');
  }
}

function publicKeyOf(pem: string) {
  try {
    return createPublicKey(pem);
  } catch {
    throw invalid('the key of the certificate request makes no sense');
  }
}

function commonNameOf(name: Name): string {
  return name.getField('CN')[0] ?? '';
}

function colons(hex: string): string {
  return hex.replace(/(..)(?=.)/g, '$1:').toLowerCase();
}
