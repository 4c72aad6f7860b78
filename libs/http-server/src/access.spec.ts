import { AccessRules } from './access.ts';

describe('AccessRules', () => {
  test('blocks by prefix', () => {
    const rules = new AccessRules(['/v1/agent/host', '/v1/kv/secret'], []);
    expect(rules.isBlocked('/v1/agent/host')).toBe(true);
    expect(rules.isBlocked('/v1/kv/secret/a')).toBe(true);
    expect(rules.isBlocked('/v1/kv/other')).toBe(false);
  });

  test('lets writers in by network', () => {
    const rules = new AccessRules([], ['10.0.0.0/8', '::1/128', '192.168.1.7/32']);
    for (const address of ['10.1.2.3', '::1', '::ffff:10.9.9.9', '192.168.1.7', '']) {
      expect(rules.mayWrite(address)).toBe(true);
    }
    for (const address of ['11.0.0.1', '::2', '192.168.1.8', '::ffff:11.0.0.1', 'nonsense']) {
      expect(rules.mayWrite(address)).toBe(false);
    }
  });

  test('everybody may write without rules', () => {
    expect(new AccessRules([], []).mayWrite('203.0.113.9')).toBe(true);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '::/129', '10.0.0.0/-1'])('refuses %s', (cidr) => {
    expect(() => new AccessRules([], [cidr])).toThrow(cidr);
  });
});
