import { nodeIdentityRules, serviceIdentityRules } from './identity-rules.ts';
import { printRules, translateLegacyRules } from './legacy-rules.ts';
import { parseRules } from './parse-rules.ts';

const RECORDED = `key_prefix "app/" { policy = "write" }
key "app/secret" { policy = "deny" }
service "web" { policy = "write" intentions = "read" }
node_prefix "" { policy = "read" }
session_prefix "" { policy = "write" }`;

test('rules as people write them', () => {
  expect(parseRules(`acl = "read"\noperator = "deny"\nkeyring = "write"\n${RECORDED}`)).toEqual({
    plain: { acl: 'read', operator: 'deny', keyring: 'write' },
    exact: [
      { resource: 'key', name: 'app/secret', policy: 'deny' },
      { resource: 'service', name: 'web', policy: 'write', intentions: 'read' },
    ],
    prefix: [
      { resource: 'key', name: 'app/', policy: 'write' },
      { resource: 'node', name: '', policy: 'read' },
      { resource: 'session', name: '', policy: 'write' },
    ],
  });
});

test('JSON says the same', () => {
  const json = {
    key_prefix: { 'app/': { policy: 'write' } },
    key: [{ a: { policy: 'list' } }, { b: [{ policy: 'deny' }], c: { policy: 'read' } }],
    acl: 'write',
  };
  expect(parseRules(` ${JSON.stringify(json)}`)).toEqual({
    plain: { acl: 'write' },
    exact: [
      { resource: 'key', name: 'a', policy: 'list' },
      { resource: 'key', name: 'b', policy: 'deny' },
      { resource: 'key', name: 'c', policy: 'read' },
    ],
    prefix: [{ resource: 'key', name: 'app/', policy: 'write' }],
  });
});

test('several blocks of one resource; nothing at all', () => {
  const { exact } = parseRules('key "a" { policy = "read" } key "b" { policy = "write" }');
  expect(exact.map(({ name, policy }) => [name, policy])).toEqual([
    ['a', 'read'],
    ['b', 'write'],
  ]);
  expect(parseRules('')).toEqual({ plain: {}, exact: [], prefix: [] });
});

test('names that objects of JavaScript have by themselves', () => {
  const text = 'key "__proto__" { policy = "read" }';
  expect(parseRules(text).exact).toEqual([{ resource: 'key', name: '__proto__', policy: 'read' }]);
  const json = '{"key": {"__proto__": {"policy": "write"}, "constructor": {"policy": "read"}}}';
  expect(parseRules(json).exact.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
});

test.each([
  ['nope {', 'Failed to parse ACL rules: at 1:'],
  ['{"key": ', 'Failed to parse ACL rules'],
  [
    'key "a" { policy = "maybe" }',
    'key "a": policy: "maybe" is invalid, accepted: read, list, write, deny',
  ],
  ['service "a" { policy = "list" }', 'accepted: read, write, deny'],
  ['key "a" { }', 'key "a": policy: "" is invalid'],
  ['key { policy = "read" }', 'key wants a name'],
  ['key = "read"', 'key wants a name'],
  ['widget "a" { policy = "read" }', 'unknown resource "widget", accepted are agent, event, key'],
  ['acl_prefix "" { policy = "read" }', 'unknown resource "acl_prefix"'],
  ['namespace "a" { policy = "read" }', 'unknown resource "namespace"'],
  ['key "a" { policy = "read" sentinel { code = "x" } }', 'unknown key "sentinel" (sentinel is'],
  [
    'node "a" { policy = "read" intentions = "read" }',
    'unknown key "intentions", accepted: policy',
  ],
  ['service "a" { policy = "read" intentions = "x" }', 'service "a": intentions: "x" is invalid'],
  ['acl = "list"', 'acl: "list" is invalid, accepted: read, write, deny'],
  ['operator = 7', 'operator: 7 is invalid'],
  ['{"key": null}', 'key wants a name'],
  ['{"key": {"a": 3}}', 'key wants a name'],
])('refuses %s', (text, why) => {
  expect(() => parseRules(text)).toThrow(why);
});

test('too much is refused before it is read', () => {
  expect(() => parseRules('#'.repeat(600_000))).toThrow('accepted are at most');
  expect(() => parseRules(`{"key":${'['.repeat(100_000)}`)).toThrow('Failed to parse');
});

test('a key that is given twice in JSON is refused: a rule that denies must not vanish', () => {
  const twice = '{"key_prefix":{"secret/":{"policy":"deny"}},"key_prefix":{"":{"policy":"write"}}}';
  expect(() => parseRules(twice)).toThrow('the key "key_prefix" is given twice');
  const name = '{"key":{"a":{"policy":"deny"},"\\u0061":{"policy":"write"}}}';
  expect(() => parseRules(name)).toThrow('is given twice');
  const apart = '{"key":{"a":{"policy":"deny"}},"node":{"a":{"policy":"read"}}}';
  expect(parseRules(apart).exact).toHaveLength(2);
});

test('errors repeat no more than a little of what was wrong; depth has a bound', () => {
  const long = 'x'.repeat(100_000);
  for (const text of [`${long} "a" { policy = "read" }`, `key "${long}" { policy = "no" }`]) {
    expect(() => parseRules(text)).toThrow(/^.{1,400}$/);
  }
  const deep = `{"key":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  expect(() => parseRules(deep)).toThrow('nested deeper than 32');
});

test('a name that HCL cannot write is not printed as another', () => {
  const rules = parseRules('{"key":{"${x}":{"policy":"read"}}}');
  expect(() => printRules(rules)).toThrow('cannot be written in HCL');
});

test('rules of before 1.4', () => {
  const legacy = 'key "a" { policy = "write" }\nservice "" { policy = "read" }';
  expect(translateLegacyRules(legacy)).toBe(
    'key_prefix "a" {\n  policy = "write"\n}\n\nservice_prefix "" {\n  policy = "read"\n}',
  );
  expect(() => translateLegacyRules('key "')).toThrow('Failed to parse');
  expect(() => translateLegacyRules('key_prefix "" { policy = "read" }')).toThrow(
    'unknown resource',
  );
  expect(() => translateLegacyRules('acl = "write"')).toThrow('unknown resource');
});

test('what is printed is read as the same', () => {
  const rules = parseRules(`operator = "read"\n${RECORDED}\nkey "a\\"b\\\\c" { policy = "deny" }`);
  expect(parseRules(printRules(rules))).toEqual(rules);
});

test('rules of identities', () => {
  expect(parseRules(serviceIdentityRules('web'))).toEqual({
    plain: {},
    exact: [
      { resource: 'service', name: 'web', policy: 'write' },
      { resource: 'service', name: 'web-sidecar-proxy', policy: 'write' },
    ],
    prefix: [
      { resource: 'service', name: '', policy: 'read' },
      { resource: 'node', name: '', policy: 'read' },
    ],
  });
  expect(parseRules(nodeIdentityRules('n1')).exact).toEqual([
    { resource: 'node', name: 'n1', policy: 'write' },
  ]);
});
