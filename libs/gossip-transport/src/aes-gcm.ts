import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { MeshError } from '@mesh/base';

/**
 * 0 pads the plaintext to whole blocks first (memberlist protocol 1), 1 does not. We send 1 and take both.
 */
export type EncryptionVersion = 0 | 1;

const VERSION_BYTES = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
const NO_BYTES = new Uint8Array(0);

/** Bytes that version 1 adds: version, nonce, tag. */
export const ENCRYPTION_OVERHEAD_BYTES = VERSION_BYTES + NONCE_BYTES + TAG_BYTES;

const ALGORITHMS = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const;

/** A key of 16, 24 or 32 bytes in the form that ciphers take fastest. */
export interface CipherKey {
  readonly object: KeyObject;
  readonly algorithm: (typeof ALGORITHMS)[keyof typeof ALGORITHMS];
}

/** Cipher for a key of so many bytes; undefined where there is none. */
export function algorithmFor(keyBytes: number): CipherKey['algorithm'] | undefined {
  return keyBytes === 16 || keyBytes === 24 || keyBytes === 32 ? ALGORITHMS[keyBytes] : undefined;
}

/** Bytes that `seal` makes of a plaintext. */
export function sealedBytes(plainBytes: number, version: EncryptionVersion): number {
  const padding = version === 0 ? BLOCK_BYTES - (plainBytes % BLOCK_BYTES) : 0;
  return ENCRYPTION_OVERHEAD_BYTES + plainBytes + padding;
}

export interface SealOptions {
  /** Authenticated along with the plaintext. @default none */
  readonly additional?: Uint8Array;
  /** @default 1 */
  readonly version?: EncryptionVersion;
  /** 12 bytes, never twice with one key; only tests give one. @default random */
  readonly nonce?: Uint8Array;
}

/** `version | nonce | ciphertext | tag` (gossip-wire.md 1.6), AES-GCM (NIST SP 800-38D). */
export function seal(key: CipherKey, plain: Uint8Array, options: SealOptions = {}): Uint8Array {
  const { additional = NO_BYTES, version = 1, nonce = randomBytes(NONCE_BYTES) } = options;
  const cipher = createCipheriv(key.algorithm, key.object, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additional);
  const sealed = new Uint8Array(sealedBytes(plain.length, version));
  sealed[0] = version;
  sealed.set(nonce, VERSION_BYTES);
  let at = VERSION_BYTES + NONCE_BYTES;
  for (const piece of version === 0 ? [plain, paddingFor(plain.length)] : [plain]) {
    const encrypted = cipher.update(piece);
    sealed.set(encrypted, at);
    at += encrypted.length;
  }
  cipher.final();
  sealed.set(cipher.getAuthTag(), at);
  return sealed;
}

/**
 * The plaintext, by the first of the keys that fits. Throws MeshError `invalid-argument` when none does, or
 * when the bytes are too few or of another version.
 */
export function unseal(
  keys: readonly CipherKey[],
  sealed: Uint8Array,
  additional: Uint8Array = NO_BYTES,
): Uint8Array {
  const version = sealed[0];
  if (version === undefined) throw refused('Cannot decrypt empty payload');
  if (version > 1) throw refused(`Unsupported encryption version ${version}`);
  const least = ENCRYPTION_OVERHEAD_BYTES + (version === 0 ? BLOCK_BYTES : 0);
  if (sealed.length < least) throw refused(`Payload is too small to decrypt: ${sealed.length}`);
  for (const key of keys) {
    const plain = tryKey(key, sealed, additional);
    if (plain) return version === 0 ? withoutPadding(plain) : plain;
  }
  throw refused('No installed keys could decrypt the message');
}

function tryKey(
  key: CipherKey,
  sealed: Uint8Array,
  additional: Uint8Array,
): Uint8Array | undefined {
  const bodyAt = VERSION_BYTES + NONCE_BYTES;
  const tagAt = sealed.length - TAG_BYTES;
  const nonce = sealed.subarray(VERSION_BYTES, bodyAt);
  const decipher = createDecipheriv(key.algorithm, key.object, nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additional);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(bodyAt, tagAt));
  try {
    decipher.final();
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  } catch {
    return undefined;
  }
}

/** PKCS #7 (RFC 5652 section 6.3): always 1 to 16 bytes, each their count. */
function paddingFor(plainBytes: number): Uint8Array {
  const count = BLOCK_BYTES - (plainBytes % BLOCK_BYTES);
  return new Uint8Array(count).fill(count);
}

function withoutPadding(padded: Uint8Array): Uint8Array {
  const count = padded[padded.length - 1] ?? 0;
  if (count < 1 || count > BLOCK_BYTES || count > padded.length) {
    throw refused(`Padding of ${count} bytes`);
  }
  return padded.subarray(0, padded.length - count);
}

function refused(message: string): MeshError {
  return new MeshError('invalid-argument', message);
}
