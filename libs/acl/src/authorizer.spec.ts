import type { AclResource } from '@mesh/api-contract';
import fc from 'fast-check';
import {
  ALLOW_ALL,
  createAuthorizer,
  DENY_ALL,
  MANAGE_ALL,
  type WantedAccess,
} from './authorizer.ts';
import { parseRules } from './parse-rules.ts';
import type { Access, PolicyRules, SegmentRule } from './rules.ts';

const deny = (...policies: string[]) =>
  createAuthorizer(
    policies.map((text) => parseRules(text)),
    'deny',
  );
const allow = (...policies: string[]) =>
  createAuthorizer(
    policies.map((text) => parseRules(text)),
    'allow',
  );

const APP = `
key_prefix "" { policy = "read" }
key_prefix "app/" { policy = "write" }
key_prefix "app/secret" { policy = "deny" }
key "app/secret-not" { policy = "list" }`;

test.each<[string, WantedAccess, boolean]>([
  ['x', 'read', true],
  ['x', 'write', false],
  ['x', 'list', false],
  ['app', 'write', false],
  ['app/', 'write', true],
  ['app/a', 'list', true],
  ['app/secret', 'read', false],
  ['app/secrets', 'read', false],
  ['app/secret-not', 'read', true],
  ['app/secret-not', 'list', true],
  ['app/secret-not', 'write', false],
  ['app/secret-not-at-all', 'read', false],
])('key %s: %s is %s', (key, access, expected) => {
  expect(deny(APP).allows('key', access, key)).toBe(expected);
});

test('of one segment the stricter rule of several policies counts; deny, write, list, read', () => {
  const key = (policy: Access) => `key "a" { policy = "${policy}" }`;
  expect(deny(key('read'), key('write')).allows('key', 'write', 'a')).toBe(true);
  expect(deny(key('write'), key('deny')).allows('key', 'read', 'a')).toBe(false);
  expect(deny(key('read'), key('list')).allows('key', 'list', 'a')).toBe(true);
  const exactAgainstPrefix = deny(
    'key "a" { policy = "read" }',
    'key_prefix "a" { policy = "deny" }',
  );
  expect(exactAgainstPrefix.allows('key', 'read', 'a')).toBe(true);
  expect(exactAgainstPrefix.allows('key', 'read', 'ab')).toBe(false);
});

test('where no rule speaks the default does, but never of the ACLs', () => {
  expect(deny().allows('node', 'read', 'n')).toBe(false);
  expect(allow().allows('node', 'write', 'n')).toBe(true);
  expect(allow().allows('operator', 'write', '')).toBe(true);
  expect(allow().allows('acl', 'read', '')).toBe(false);
  expect(allow('acl = "write"').allows('acl', 'read', '')).toBe(true);
  expect(deny('acl = "read"').allows('acl', 'write', '')).toBe(false);
  expect(allow('operator = "deny"').allows('operator', 'read', '')).toBe(false);
  expect([deny().intentionDefaultAllow, allow().intentionDefaultAllow]).toEqual([false, true]);
});

test('intentions follow the service unless they are said', () => {
  const web = (text: string) => deny(`service "web" { ${text} }`);
  expect(web('policy = "read"').allows('intentions', 'read', 'web')).toBe(true);
  expect(web('policy = "write"').allows('intentions', 'write', 'web')).toBe(false);
  expect(web('policy = "deny"').allows('intentions', 'read', 'web')).toBe(false);
  const both = web('policy = "read" intentions = "write"');
  expect(both.allows('intentions', 'write', 'web')).toBe(true);
  expect(both.allows('service', 'write', 'web')).toBe(false);
});

test('intentions of all services', () => {
  const all = deny('service_prefix "" { policy = "read" intentions = "write" }');
  expect(all.allows('intentions', 'write', '*')).toBe(true);
  const but = deny(
    'service_prefix "" { policy = "read" intentions = "write" }',
    'service "db" { policy = "read" }',
  );
  expect(but.allows('intentions', 'write', '*')).toBe(false);
  expect(but.allows('intentions', 'read', '*')).toBe(true);
  expect(
    deny('service "web" { policy = "read" intentions = "write" }').allows(
      'intentions',
      'write',
      '*',
    ),
  ).toBe(false);
  expect(allow().allows('intentions', 'write', '*')).toBe(true);
  expect(deny().allows('intentions', 'read', '*')).toBe(false);
  const oneDenied = 'service "db" { policy = "deny" }';
  expect(allow(oneDenied).allows('intentions', 'read', '*')).toBe(true);
  const allDenied = 'service_prefix "" { policy = "deny" }';
  expect(allow(allDenied).allows('intentions', 'read', '*')).toBe(false);
});

test.each<[string, string, 'allow' | 'deny', boolean]>([
  ['key_prefix "" { policy = "write" }', 'a', 'deny', true],
  ['key_prefix "a" { policy = "write" }', 'a', 'deny', true],
  ['key_prefix "a/" { policy = "write" }', 'a', 'deny', false],
  ['key_prefix "" { policy = "write" } key "a/b" { policy = "read" }', 'a', 'deny', false],
  ['key_prefix "" { policy = "write" } key "b" { policy = "read" }', 'a', 'deny', true],
  ['key_prefix "a/x" { policy = "deny" }', 'a', 'allow', false],
  ['key_prefix "b" { policy = "deny" }', 'a', 'allow', true],
  ['', 'a', 'allow', true],
  ['', 'a', 'deny', false],
])('write everything: %s under %s, default %s: %s', (rules, prefix, fallback, expected) => {
  const authorizer = fallback === 'allow' ? allow(rules) : deny(rules);
  expect(authorizer.allowsWritePrefix(prefix)).toBe(expected);
});

test('the constant ones', () => {
  expect(MANAGE_ALL.allows('acl', 'write', '')).toBe(true);
  expect(ALLOW_ALL.allows('acl', 'read', '')).toBe(false);
  expect(ALLOW_ALL.allows('key', 'write', 'a')).toBe(true);
  expect(DENY_ALL.allows('key', 'read', 'a')).toBe(false);
  expect([MANAGE_ALL.isManagement, ALLOW_ALL.isManagement]).toEqual([true, false]);
});

describe('against a model that looks at every rule', () => {
  const resources = ['key', 'service', 'node'] as const;
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 4 });
  const policy = fc.constantFrom<Access>('deny', 'read', 'write', 'list');
  const rule: fc.Arbitrary<SegmentRule> = fc.record({
    resource: fc.constantFrom(...resources),
    name,
    policy,
  });
  const rules: fc.Arbitrary<PolicyRules> = fc.record({
    plain: fc.constant({}),
    exact: fc.array(rule, { maxLength: 6 }),
    prefix: fc.array(rule, { maxLength: 6 }),
  });
  const ORDER: readonly Access[] = ['deny', 'write', 'list', 'read'];
  const GRANTS: Readonly<Record<Access, readonly string[]>> = {
    deny: [],
    read: ['read'],
    list: ['read', 'list'],
    write: ['read', 'list', 'write'],
  };

  function model(
    policies: readonly PolicyRules[],
    fallback: boolean,
    resource: AclResource,
    access: WantedAccess,
    segment: string,
  ): boolean {
    const strictest = (found: readonly SegmentRule[]) =>
      ORDER.find((candidate) => found.some((each) => each.policy === candidate));
    const exact = policies
      .flatMap((each) => each.exact)
      .filter((each) => each.resource === resource && each.name === segment);
    let decision = strictest(exact);
    for (let length = segment.length; length >= 0 && decision === undefined; length--) {
      const prefixed = policies
        .flatMap((each) => each.prefix)
        .filter((each) => each.resource === resource && each.name === segment.slice(0, length));
      decision = strictest(prefixed);
    }
    return decision === undefined ? fallback : GRANTS[decision].includes(access);
  }

  test('same decisions', () => {
    fc.assert(
      fc.property(
        fc.array(rules, { maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom(...resources),
        fc.constantFrom<WantedAccess>('read', 'write', 'list'),
        name,
        (policies, fallback, resource, access, segment) => {
          const ours = createAuthorizer(policies, fallback ? 'allow' : 'deny');
          expect(ours.allows(resource, access, segment)).toBe(
            model(policies, fallback, resource, access, segment),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
});
