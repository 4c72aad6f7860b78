import { messageOf, refused } from '../errors.ts';

/** Longest token that is looked at, characters; those of people in hundreds of groups take some thousands. */
const MAX_TOKEN_CHARS = 64 * 1024;
const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** A signed token, taken apart and not verified yet (RFC 7515 section 7.1). */
export interface CompactToken {
  readonly algorithm: string;
  /** '' where the token names no key. */
  readonly keyId: string;
  /** What the signature is of. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly claims: Claims;
}

export type Claims = Readonly<Record<string, unknown>>;

/** Takes a token apart. Throws `permission-denied`, "error parsing token: ...". */
export function parseCompactToken(token: string): CompactToken {
  if (token.length > MAX_TOKEN_CHARS) {
    throw unreadable(`${token.length} characters, at most ${MAX_TOKEN_CHARS} are accepted`);
  }
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) {
    throw unreadable(`compact JWS format must have three parts, this has ${parts.length}`);
  }
  const { alg, kid, crit } = objectOf('header', header);
  if (typeof alg !== 'string') throw unreadable('the header names no algorithm');
  // RFC 7515 section 4.1.11: who does not understand what is critical must refuse.
  if (crit !== undefined) throw unreadable('the header has extensions that are not understood');
  return {
    algorithm: alg,
    keyId: typeof kid === 'string' ? kid : '',
    signed: Buffer.from(`${header}.${payload}`),
    signature: bytesOf('signature', signature),
    claims: objectOf('payload', payload),
  };
}

function objectOf(part: string, text: string): Claims {
  let value: unknown;
  try {
    value = JSON.parse(bytesOf(part, text).toString('utf8'));
  } catch (thrown) {
    throw unreadable(`${part}: ${messageOf(thrown).replace(/^error parsing token: /, '')}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw unreadable(`${part}: an object is expected`);
  }
  return value as Claims;
}

function bytesOf(part: string, text: string): Buffer {
  if (!BASE64URL.test(text)) throw unreadable(`${part}: illegal base64 data`);
  return Buffer.from(text, 'base64url');
}

function unreadable(why: string): Error {
  return refused(`error parsing token: ${why}`);
}
