import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { invalid } from '@mesh/base';
import { certificatesOf, readPem } from './pem-files.ts';

/** A certificate with the chain behind it, and its private key; PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * The pair of cert_file and key_file; undefined where both are ''.
 *
 * @throws MeshError `invalid-argument` naming key and file: one without the other, unreadable, of no use, or no pair.
 * The key itself is never shown.
 */
export function readKeyPair(certFile: string, keyFile: string): KeyPair | undefined {
  if (certFile === '' && keyFile === '') return undefined;
  if (keyFile === '') throw invalid(`cert_file: ${certFile} needs its private key in key_file`);
  if (certFile === '') throw invalid(`key_file: ${keyFile} needs its certificate in cert_file`);
  const chain = certificatesOf('cert_file', certFile);
  const key = readPem('key_file', keyFile);
  const isPair = new X509Certificate(chain[0]!).checkPrivateKey(parseKey(key, keyFile));
  if (!isPair) {
    throw invalid(`key_file: ${keyFile} is not the key of the certificate in ${certFile}`);
  }
  return { cert: chain.join('\n'), key };
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid(`key_file: there is no unencrypted private key in PEM in ${path}`);
  }
}
