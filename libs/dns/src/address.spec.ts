import { formatAddress, isAddress, parseAddress } from './address.ts';

test.each([
  ['10.0.0.2', [10, 0, 0, 2]],
  ['::ffff:10.0.0.2', [10, 0, 0, 2]],
  ['::', Array(16).fill(0)],
  ['fd00::5', [0xfd, ...Array(14).fill(0), 5]],
  ['2001:db8::1.2.3.4', [0x20, 1, 0xd, 0xb8, ...Array(8).fill(0), 1, 2, 3, 4]],
])('reads %s', (text, bytes) => {
  expect([...parseAddress(text)!]).toEqual(bytes);
});

test.each([
  '',
  'db.example.com',
  '10.0.0',
  '256.0.0.1',
  '1.2.3.4.5',
  '1..2.3',
  '1.2.3.',
  '.1.2.3',
  '0001.2.3.4',
  '1.2.3.a',
  ':::',
  '1::2::3',
  'g::',
])('refuses %j', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  'fe80::1%eth0',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  '::1.2.3',
  '1:2:3:4:5:6:7::8',
])('refuses the IPv6 address %j', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each(['10.0.0.2', '::', '::1', 'fd00::5', '1:0:0:2::3', '1:2:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'])(
  'writes %s as RFC 5952 says',
  (text) => {
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  },
);

test('spelling does not matter', () => {
  const bytes = parseAddress('fd00::5')!;
  expect(isAddress('FD00:0:0:0:0:0:0:5', bytes)).toBe(true);
  expect(isAddress('fd00::6', bytes)).toBe(false);
  expect(isAddress('host', bytes)).toBe(false);
});
