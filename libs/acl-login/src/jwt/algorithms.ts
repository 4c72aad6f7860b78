import { constants, type KeyObject, verify } from 'node:crypto';

/** Smallest RSA key, bits (RFC 7518 sections 3.3 and 3.5). */
const MIN_RSA_BITS = 2048;

/** How signatures of an algorithm are made (RFC 7518 section 3.1). */
interface Algorithm {
  readonly hash: string;
  readonly family: 'rsa' | 'rsa-pss' | 'ec';
  /** Of family ec: the curve that goes with it (RFC 7518 section 3.4). */
  readonly curve?: string;
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  RS256: { hash: 'sha256', family: 'rsa' },
  RS384: { hash: 'sha384', family: 'rsa' },
  RS512: { hash: 'sha512', family: 'rsa' },
  ES256: { hash: 'sha256', family: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', family: 'ec', curve: 'secp384r1' },
  ES512: { hash: 'sha512', family: 'ec', curve: 'secp521r1' },
  PS256: { hash: 'sha256', family: 'rsa-pss' },
  PS384: { hash: 'sha384', family: 'rsa-pss' },
  PS512: { hash: 'sha512', family: 'rsa-pss' },
};

/** Names of all algorithms; none of them is symmetric, and `none` is none. */
export const ALGORITHM_NAMES: readonly string[] = Object.keys(ALGORITHMS);

/** Why a public key verifies nothing here; undefined where it does. */
export function faultOfKey(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' || type === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0;
    if (bits >= MIN_RSA_BITS) return undefined;
    return `an RSA key of ${bits} bits is too short, at least ${MIN_RSA_BITS} are accepted`;
  }
  const curves = Object.values(ALGORITHMS).flatMap(({ curve }) => curve ?? []);
  if (type === 'ec' && curves.includes(details?.namedCurve ?? '')) return undefined;
  return `a key of type ${type ?? 'unknown'} is not accepted, only RSA and EC on P-256, P-384 and P-521`;
}

/** Whether a key made the signature. A key of another kind than the algorithm wants did not. */
export function isSignedBy(
  key: KeyObject,
  algorithm: string,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const found = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (!found || !fits(key, found)) return false;
  const { hash, family } = found;
  if (family === 'ec') return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (family === 'rsa') return verify(hash, signed, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return verify(hash, signed, { key, padding, saltLength }, signature);
}

function fits(key: KeyObject, { family, curve }: Algorithm): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (family === 'ec') return type === 'ec' && details?.namedCurve === curve;
  return type === 'rsa' || (family === 'rsa-pss' && type === 'rsa-pss');
}
