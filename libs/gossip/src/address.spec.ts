import { isIP } from 'node:net';
import { MeshError } from '@mesh/base';
import * as fc from 'fast-check';
import { formatAddress, ipBytes, ipText, parseIp } from './address.ts';

it('writes addresses with their ports', () => {
  expect(formatAddress({ host: '1.2.3.4', port: 80 })).toBe('1.2.3.4:80');
  expect(formatAddress({ host: '::1', port: 80 })).toBe('[::1]:80');
});

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0db8::0001', '2001:db8::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1::', '1::'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
  ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
])('%s is %s', (text, shortest) => {
  expect(parseIp(text)).toBe(shortest);
  expect(ipText(ipBytes(text))).toBe(shortest);
});

it.each([
  ...['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', 'a.b.c.d'],
  ...['1..2.3', '1.2.3.', ':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4::5:6:7:8'],
  ...['::1::', '12345::', 'g::', '1.2.3.4::', '::1.2.3', ':1', '1:', 'example.com', '%eth0'],
])('"%s" is none', (text) => {
  expect(parseIp(text)).toBeUndefined();
  expect(() => ipBytes(text)).toThrow(MeshError);
});

it('has 4 bytes for IPv4, however it is written, and 16 for IPv6', () => {
  expect([...ipBytes('1.2.3.4')]).toEqual([1, 2, 3, 4]);
  expect([...ipBytes('::ffff:1.2.3.4')]).toEqual([1, 2, 3, 4]);
  expect(ipBytes('::1')).toHaveLength(16);
  expect(ipText(Uint8Array.of(...new Array(10).fill(0), 255, 255, 9, 8, 7, 6))).toBe('9.8.7.6');
  expect(() => ipText(new Uint8Array(5))).toThrow(MeshError);
});

it('agrees with Node on what is an address', () => {
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: fc.constantFrom('1', 'f', '0', ':', '.'), maxLength: 20 }),
  );
  fc.assert(
    fc.property(text, (ip) => expect(parseIp(ip) !== undefined).toBe(isIP(ip) !== 0)),
    {
      numRuns: 3000,
    },
  );
});

it('reads its own texts', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc
      .array(fc.constantFrom(0, 0, 1, 255), { minLength: 16, maxLength: 16 })
      .map((each) => Uint8Array.from(each)),
  );
  fc.assert(
    fc.property(bytes, (ip) => {
      const text = ipText(ip);
      expect(parseIp(text)).toBe(text);
      expect(ipText(ipBytes(text))).toBe(text);
    }),
  );
});
