/**
 * The same bytes as a Uint8Array proper: subclasses as Node's Buffer answer `slice` with a view where a copy is
 * meant, and are slower.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
