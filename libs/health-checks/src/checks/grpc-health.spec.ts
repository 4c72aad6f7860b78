import fc from 'fast-check';
import { decodeHealthResponse, encodeHealthRequest, servingStatus } from './grpc-health.ts';

describe('grpc.health.v1 messages', () => {
  it('a request names its service', () => {
    expect([...encodeHealthRequest('')]).toEqual([]);
    expect([...encodeHealthRequest('ab')]).toEqual([0x0a, 2, 0x61, 0x62]);
    const long = encodeHealthRequest('x'.repeat(300));
    expect([...long.subarray(0, 4)]).toEqual([0x0a, 0xac, 0x02, 0x78]);
    expect(long).toHaveLength(303);
  });

  it.each([
    [[], 0],
    [[0x08, 1], 1],
    [[0x08, 2], 2],
    // The last one counts.
    [[0x08, 1, 0x08, 2], 2],
    [[0x08, 0xac, 0x02], 300],
    // Fields of all wire types that are not known.
    [[0x10, 5, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x22, 2, 8, 2, 0x2d, 1, 2, 3, 4, 0x08, 1], 1],
  ])('%j has status %i', (bytes, status) => {
    expect(decodeHealthResponse(Buffer.from(bytes))).toBe(status);
  });

  it.each([
    [[0x08]],
    [[0x08, 0x80]],
    [[0x12, 5, 1]],
    [[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    [[0x09, 1]],
    [[0x0b]],
    [Array<number>(20).fill(0xff)],
  ])('%j is no response', (bytes) => {
    expect(() => decodeHealthResponse(Buffer.from(bytes))).toThrow('malformed health response');
  });

  it('whatever comes is a number or malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          expect(decodeHealthResponse(Buffer.from(bytes))).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect((error as Error).message).toBe('malformed health response');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a status has a name, or its number', () => {
    expect(servingStatus(2)).toBe('status NOT_SERVING');
    expect(servingStatus(9)).toBe('status 9');
  });
});
