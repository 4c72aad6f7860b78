import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key pair of an issuer. */
export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export function ecPair(namedCurve = 'P-256'): Pair {
  return generateKeyPairSync('ec', { namedCurve });
}

export function rsaPair(modulusLength = 2048): Pair {
  return generateKeyPairSync('rsa', { modulusLength });
}

export function pemOf({ publicKey }: Pair): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** The public key as a member of a key set. */
export function jwkOf({ publicKey }: Pair, more: object = {}): object {
  return { ...publicKey.export({ format: 'jwk' }), ...more };
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed with a private key, by the algorithm that its header names. */
export function signedToken(
  pair: Pair,
  claims: object,
  header: { readonly alg: string } & Readonly<Record<string, unknown>> = { alg: 'ES256' },
): string {
  const signed = `${part(header)}.${part(claims)}`;
  const hash = `sha${header.alg.slice(2)}`;
  const key = pair.privateKey;
  const options = header.alg.startsWith('ES')
    ? { key, dsaEncoding: 'ieee-p1363' as const }
    : header.alg.startsWith('PS')
      ? {
          key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
        }
      : { key };
  return `${signed}.${sign(hash, Buffer.from(signed), options).toString('base64url')}`;
}

/** A token with a symmetric signature, as who mistakes a public key for a secret would accept it. */
export function hmacToken(secret: string, claims: object): string {
  const signed = `${part({ alg: 'HS256' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token that nobody signed. */
export function unsignedToken(claims: object): string {
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}
