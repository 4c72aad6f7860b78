import { crc32 } from './crc32.ts';

/** Bit by bit, as the standard tells it. */
function slow(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('the checksum of packets', () => {
  it('is that of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it('is the same for each length, wherever it begins', () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, at) => (at * 167 + 13) & 0xff);
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= bytes.length; end++) {
        const part = bytes.subarray(0, end);
        expect(crc32(part, start)).toBe(slow(bytes.slice(start, end)));
      }
    }
  });
});
