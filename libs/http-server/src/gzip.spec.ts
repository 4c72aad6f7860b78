import { gunzipSync } from 'node:zlib';
import { acceptsGzip, gzipBody } from './gzip.ts';

test.each([
  ['gzip', true],
  ['deflate, gzip;q=0.5', true],
  ['GZIP ; q=1', true],
  ['*', true],
  ['gzip;q=0', false],
  ['gzip;q=0.0', false],
  ['identity', false],
  ['', false],
  [undefined, false],
])('Accept-Encoding %s', (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted);
});

test.each([1, 10, 1023, 1024, 300_000])('%d bytes survive', async (size) => {
  const body = Buffer.alloc(size, 'mesh ');
  const zipped = await gzipBody(body);
  expect(gunzipSync(zipped).equals(body)).toBe(true);
  if (size > 100_000) expect(zipped.length).toBeLessThan(size / 10);
});
