import { HEADER_BYTES } from '@mesh/dns';

/** Queries longer than this are not looked up: an ordinary one has less than 100 bytes. */
export const MAX_KEY_BYTES = 512;

/** Header, the root name, type and class. */
const MIN_KEY_BYTES = HEADER_BYTES + 5;

/** Where the bytes begin that make a query what it is: behind its id. */
const KEY_START = 2;

/** A query's bytes without its id, with the question's name in lower case if case is not to matter. */
export interface QueryKey {
  readonly bytes: Uint8Array;
  readonly hash: number;
  /** Where the question's name ends in the message. */
  readonly nameEnd: number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Hash of a query, or -1 when it is nothing to look up. `nameEnd` is found on the way; it stays valid until
 * the next call. One object, so that the hot path allocates nothing.
 */
export class QueryHasher {
  nameEnd = 0;
  private readonly foldCase: boolean;

  /** With `foldCase` queries whose names differ in case alone are the same. */
  constructor(foldCase: boolean) {
    this.foldCase = foldCase;
  }

  hash(message: Uint8Array): number {
    const length = message.length;
    if (length < MIN_KEY_BYTES || length > MAX_KEY_BYTES) return -1;
    let hash = FNV_OFFSET;
    for (let at = KEY_START; at < HEADER_BYTES; at++) {
      hash = Math.imul(hash ^ message[at]!, FNV_PRIME);
    }
    let at = HEADER_BYTES;
    for (;;) {
      if (at >= length) return -1;
      const labelLength = message[at]!;
      if (labelLength > 63) return -1;
      const end = at + labelLength + 1;
      if (end >= length) return -1;
      for (; at < end; at++) hash = Math.imul(hash ^ this.folded(message[at]!), FNV_PRIME);
      if (labelLength === 0) break;
    }
    this.nameEnd = at;
    for (; at < length; at++) hash = Math.imul(hash ^ message[at]!, FNV_PRIME);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  /** The key of a message just hashed. */
  key(message: Uint8Array, hash: number): QueryKey {
    // A copy: of Node's buffers `slice` would give a view.
    const bytes = new Uint8Array(message.subarray(KEY_START));
    const nameEnd = this.nameEnd;
    for (let at = HEADER_BYTES; at < nameEnd; at++) {
      bytes[at - KEY_START] = this.folded(message[at]!);
    }
    return { bytes, hash, nameEnd };
  }

  /** True when a message just hashed has this key. */
  matches(key: QueryKey, message: Uint8Array): boolean {
    const { bytes, nameEnd } = key;
    if (bytes.length + KEY_START !== message.length || nameEnd !== this.nameEnd) return false;
    for (let at = 0; at < bytes.length; at++) {
      const byte = message[at + KEY_START]!;
      if (byte === bytes[at]) continue;
      const inName = at + KEY_START >= HEADER_BYTES && at + KEY_START < nameEnd;
      if (!inName || this.folded(byte) !== bytes[at]) return false;
    }
    return true;
  }

  /** ASCII letters in lower case. Lengths of labels are below any letter and stay what they are. */
  private folded(byte: number): number {
    return this.foldCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  }
}
