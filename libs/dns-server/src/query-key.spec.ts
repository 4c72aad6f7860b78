import { encodeQuery, TYPE } from '@mesh/dns';
import { MAX_KEY_BYTES, QueryHasher } from './query-key.ts';

function query(name: string, id = 1): Uint8Array {
  return encodeQuery({ id, name, type: TYPE.A, udpBytes: 0 })!;
}

function same(hasher: QueryHasher, a: Uint8Array, b: Uint8Array): boolean {
  const key = hasher.key(a, hasher.hash(a));
  return hasher.hash(b) === key.hash && hasher.matches(key, b);
}

test('the id does not matter, and case only where it is told to', () => {
  const [lower, upper] = [query('web.service.consul.', 1), query('WEB.service.CONSUL.', 2)];
  expect(same(new QueryHasher(true), lower, upper)).toBe(true);
  expect(same(new QueryHasher(true), upper, lower)).toBe(true);
  expect(same(new QueryHasher(false), lower, upper)).toBe(false);
});

test.each([
  ['a flag', 2],
  ['a count', 7],
  ['a letter', 13],
  ['the type', 32],
  ['the class', 34],
])('%s makes another query', (_what, at) => {
  const other = query('web.service.consul.');
  other[at]! ^= 0x01;
  expect(same(new QueryHasher(true), query('web.service.consul.'), other)).toBe(false);
});

test('case counts outside the name: type 65 is not type 97', () => {
  const hasher = new QueryHasher(true);
  const make = (type: number) => encodeQuery({ id: 1, name: 'a.', type, udpBytes: 0 })!;
  expect(same(hasher, make(65), make(97))).toBe(false);
});

test('labels that are cut elsewhere make another name', () => {
  const hasher = new QueryHasher(true);
  expect(same(hasher, query('ab.c.'), query('a.bc.'))).toBe(false);
});

test('taking a key leaves the message as it was', () => {
  const message = Buffer.from(query('WEB.consul.'));
  const before = Buffer.from(message);
  const hasher = new QueryHasher(true);
  hasher.key(message, hasher.hash(message));
  expect(message.equals(before)).toBe(true);
});

test.each([
  ['short', new Uint8Array(16)],
  ['long', new Uint8Array(MAX_KEY_BYTES + 1)],
  ['without an end of the name', new Uint8Array(40).fill(1)],
  ['with a pointer', Uint8Array.of(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1)],
])('a message %s is not looked up', (_what, message) => {
  expect(new QueryHasher(true).hash(message)).toBe(-1);
});
