import { base64Encode, utf8Bytes } from '@mesh/base';

/** Words of the hash. */
const LANES = 8;

/**
 * Base64 of 256 bits that other contents have otherwise (FNV-1a, 32 bits, from eight starts). Tells whether
 * an intention was changed; it protects nothing.
 */
export function contentHash(parts: readonly string[]): string {
  const bytes = utf8Bytes(parts.map((part) => `${part.length}:${part}`).join(''));
  const words = new DataView(new ArrayBuffer(LANES * 4));
  for (let lane = 0; lane < LANES; lane++) {
    let hash = 0x811c9dc5 ^ Math.imul(lane, 0x9e3779b1);
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
    words.setUint32(lane * 4, hash >>> 0);
  }
  return base64Encode(new Uint8Array(words.buffer));
}
