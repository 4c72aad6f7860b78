import {
  decodePair,
  hasRoundedFlags,
  type JsonPair,
  parseFlags,
  parseWithFlags,
} from './kv-pair.ts';

const row = (flags: string) =>
  `[{"LockIndex":1,"Key":"a\\"Flags\\":18446744073709551615,","Flags":${flags},"Value":"AP8=",` +
  '"CreateIndex":5,"ModifyIndex":7,"Session":"s"}]';

test('all bits of the flags and of the value arrive', () => {
  const [json] = parseWithFlags<[JsonPair]>(row('18446744073709551615'));
  expect(decodePair(json)).toEqual({
    key: 'a"Flags":18446744073709551615,',
    value: Uint8Array.of(0, 255),
    flags: 2n ** 64n - 1n,
    session: 's',
    createIndex: 5,
    modifyIndex: 7,
    lockIndex: 1,
  });
});

test('rounded flags are noticed', () => {
  const plain = (flags: string) => (JSON.parse(row(flags)) as [JsonPair])[0];
  expect(hasRoundedFlags(plain('9007199254740993'))).toBe(true);
  expect(hasRoundedFlags(plain('9007199254740991'))).toBe(false);
  expect(hasRoundedFlags(plain('"18446744073709551615"'))).toBe(false);
});

test('an empty value is null in JSON, and a damaged one is refused', () => {
  const [json] = parseWithFlags<[JsonPair]>(row('0'));
  expect(decodePair({ ...json, Value: null }).value).toHaveLength(0);
  expect(() => decodePair({ ...json, Value: '*' })).toThrow(/not base64/);
});

test.each([
  ['0', 0n],
  [' 42 ', 42n],
  ['18446744073709551615', 18446744073709551615n],
  ['18446744073709551616', undefined],
  ['', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['0x10', undefined],
])('flags %j', (text, flags) => expect(parseFlags(text)).toBe(flags));
