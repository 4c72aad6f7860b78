import fc from 'fast-check';
import { canonicalAddress, isAnyAddress } from './address.ts';

test.each([
  ['fd00::5', 'fd00:0:0:0:0:0:0:5'],
  ['FD00:0000::0005', 'fd00:0:0:0:0:0:0:5'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['::1', '0:0:0:0:0:0:0:1'],
  ['1::', '1:0:0:0:0:0:0:0'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['::ffff:10.0.0.1', '0:0:0:0:0:ffff:a00:1'],
  ['10.0.0.1', '10.0.0.1'],
  ['Db.Example.COM', 'db.example.com'],
])('%s is %s', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});

test.each([
  '1::2::3',
  '1:2:3',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  'g::1',
  '::10.0.0.256',
  ':1',
])('%s is no address and stays as it is', (text) => expect(canonicalAddress(text)).toBe(text));

test('any spelling of eight groups gives the same text', () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(
      fc.array(group, { minLength: 8, maxLength: 8 }),
      fc.nat(7),
      fc.nat(8),
      (groups, at, n) => {
        const short = groups.map((each) => each.toString(16));
        const padded = groups.map((each) => each.toString(16).toUpperCase().padStart(4, '0'));
        expect(canonicalAddress(padded.join(':'))).toBe(short.join(':'));
        const end = Math.min(8, at + Math.max(1, n));
        const zeroed = short.map((each, nth) => (nth >= at && nth < end ? '0' : each));
        const compressed = `${zeroed.slice(0, at).join(':')}::${zeroed.slice(end).join(':')}`;
        expect(canonicalAddress(compressed)).toBe(zeroed.join(':'));
      },
    ),
  );
});

test('no text makes it throw, and it is idempotent', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.g'), maxLength: 45 }),
      (text) => {
        const once = canonicalAddress(text);
        expect(canonicalAddress(once)).toBe(once);
      },
    ),
  );
});

test.each([
  ['0.0.0.0', true],
  ['::', true],
  ['0:0:0:0:0:0:0:0', true],
  ['::1', false],
  ['', false],
  ['10.0.0.0', false],
])('%s means any: %s', (address, any) => expect(isAnyAddress(address)).toBe(any));
