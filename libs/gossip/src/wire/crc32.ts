/** Bytes that are looked up at once. */
const SLICES = 4;

/** The table of a byte, then of a byte with one, two and three zero bytes after it. */
const TABLES = Array.from({ length: SLICES }, () => new Uint32Array(256));
for (let index = 0; index < 256; index++) {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLES[0]![index] = value;
}
for (let slice = 1; slice < SLICES; slice++) {
  for (let index = 0; index < 256; index++) {
    const shorter = TABLES[slice - 1]![index]!;
    TABLES[slice]![index] = (shorter >>> 8) ^ TABLES[0]![shorter & 0xff]!;
  }
}
const [ONE, TWO, THREE, FOUR] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/**
 * CRC-32 as Ethernet has it (IEEE 802.3), unsigned, over `bytes` from `start`. Four bytes at a time (slicing by 4):
 * every packet of gossip has one.
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  const { length } = bytes;
  let crc = 0xffffffff;
  let at = start;
  for (; at + SLICES <= length; at += SLICES) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      FOUR[crc & 0xff]! ^ THREE[(crc >>> 8) & 0xff]! ^ TWO[(crc >>> 16) & 0xff]! ^ ONE[crc >>> 24]!;
  }
  for (; at < length; at++) crc = ONE[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
