/** Messages that are remembered, a power of two. */
const PLACES = 16_384;

/** Keeps one copy of bytes that are equal: the members of a world pass the same messages on. */
export class SharedBytes {
  private readonly places = new Array<Uint8Array | undefined>(PLACES).fill(undefined);

  /** Bytes that equal these; a copy when they are new, or were forgotten. */
  of(bytes: Uint8Array): Uint8Array {
    let hash = bytes.length;
    // FNV-1a.
    for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.places[place];
    if (known && isSame(known, bytes)) return known;
    const copy = bytes.slice();
    this.places[place] = copy;
    return copy;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
