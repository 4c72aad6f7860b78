import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  webcrypto,
} from 'node:crypto';
import { promisify } from 'node:util';
import { invalid } from '@mesh/base';
import type { KeyType } from '@mesh/connect-ca';

const generate = promisify(generateKeyPair);

/** Curves by their size. */
const CURVES: Readonly<Record<number, string>> = {
  224: 'secp224r1',
  256: 'prime256v1',
  384: 'secp384r1',
  521: 'secp521r1',
};
/** Names of the curves in WebCrypto, and the hash that goes with each. */
const WEB_CURVES: Readonly<Record<string, readonly [string, string]>> = {
  prime256v1: ['P-256', 'SHA-256'],
  secp384r1: ['P-384', 'SHA-384'],
  secp521r1: ['P-521', 'SHA-512'],
};

/** A key pair for WebCrypto, and the algorithm that signs with it. */
export interface SigningKeys {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly algorithm: { readonly name: string; readonly hash: string };
}

/** A private key as the original writes them: SEC 1 for ec, PKCS #1 for rsa. */
export async function createKeyPem(type: KeyType, bits: number): Promise<string> {
  if (type === 'ec') {
    const namedCurve = CURVES[bits];
    if (!namedCurve || !WEB_CURVES[namedCurve]) throw unknownBits(type, bits, '256, 384, 521');
    const { privateKey } = await generate('ec', { namedCurve });
    return privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  }
  if (bits !== 2048 && bits !== 4096) throw unknownBits(type, bits, '2048, 4096');
  const { privateKey } = await generate('rsa', { modulusLength: bits });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function unknownBits(type: KeyType, bits: number, accepted: string) {
  return invalid(
    `a private key of ${bits} bits does not go with ${type}, accepted are ${accepted}`,
  );
}

/** A private key of PEM. Throws `invalid-argument`; the error never shows the key. */
export function readKey(keyPem: string): KeyObject {
  try {
    return createPrivateKey(keyPem);
  } catch {
    throw invalid('the private key is no PEM of an unencrypted ec or rsa key');
  }
}

/** Type and size of a public or private key. Throws `invalid-argument` for kinds that are not used. */
export function keyFacts(key: KeyObject): { readonly type: KeyType; readonly bits: number } {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength) return { type: 'rsa', bits: modulusLength };
  const bits = Object.entries(CURVES).find(([, name]) => name === namedCurve)?.[0];
  if (key.asymmetricKeyType === 'ec' && bits) return { type: 'ec', bits: Number(bits) };
  throw invalid(`keys of type ${key.asymmetricKeyType} are not used, accepted are ec and rsa`);
}

/** The same key for WebCrypto. */
export async function signingKeys(keyPem: string): Promise<SigningKeys> {
  const key = readKey(keyPem);
  const { type } = keyFacts(key);
  const curve = WEB_CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (type === 'ec' && !curve) throw invalid('the curve of the private key is not used here');
  const algorithm =
    type === 'ec'
      ? { name: 'ECDSA', namedCurve: curve![0] }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    subtle.importKey('spki', spki, algorithm, true, ['verify']),
  ]);
  return {
    keys: { privateKey, publicKey },
    algorithm: { name: algorithm.name, hash: type === 'ec' ? curve![1] : 'SHA-256' },
  };
}
