import { nodeMetaRecords } from './node-meta.ts';
import { type DnsSettings, serviceTtlSeconds, ttlSeconds } from './settings.ts';

function ttl(serviceTtlMs: Record<string, number>, service: string): number {
  return serviceTtlSeconds({ serviceTtlMs } as unknown as DnsSettings, service);
}

test('the exact name, then the longest prefix, then everything', () => {
  const ttls = { '*': 1000, 'we*': 2000, 'w*': 3000, web: 4000 };
  expect(ttl(ttls, 'web')).toBe(4);
  expect(ttl(ttls, 'WEB')).toBe(4);
  expect(ttl(ttls, 'wey')).toBe(2);
  expect(ttl(ttls, 'wa')).toBe(3);
  expect(ttl(ttls, 'db')).toBe(1);
  expect(ttl({ 'we*': 2000 }, 'db')).toBe(0);
  expect(ttl({ web: 2000 }, 'web2')).toBe(0);
});

test('TTLs are whole seconds that a record can hold', () => {
  expect(ttlSeconds(3999)).toBe(3);
  expect(ttlSeconds(-1)).toBe(0);
  expect(ttlSeconds(1e15)).toBe(0x7fffffff);
});

test('metadata as RFC 1464 quotes it', () => {
  const Meta = { ' a=`b ': 'c`d=', 'RFC1035-x': 'as `it` is' };
  const node = { Node: 'n', Address: '', Datacenter: '', TaggedAddresses: null, Meta };
  expect(nodeMetaRecords(node, 'n.', 0).map((record) => 'text' in record && record.text)).toEqual([
    '` a`=``b` =c``d=',
    'as `it` is',
  ]);
});
