import { SERF_STATUS, type SerfMember } from '@mesh/gossip';
import { isServer } from '../server-tags.ts';
import { lanRules, wanRules } from './pool-rules.ts';

const SERVER = { role: 'consul', dc: 'dc1', port: '8300', vsn: '2', build: '1.8.6:', id: 's' };
const CLIENT = { role: 'node', dc: 'dc1', id: 'c', build: '1.8.6:', segment: '' };

function member(
  name: string,
  tags: Readonly<Record<string, string>>,
  fields: Partial<SerfMember> = {},
): SerfMember {
  return {
    ...{ name, tags, host: '10.0.0.1', port: 8301 },
    ...{ status: SERF_STATUS.alive, versions: [1, 5, 2, 2, 5, 4], ...fields },
  };
}

describe('who is a server', () => {
  it.each<[boolean, Record<string, string | undefined>]>([
    [true, {}],
    [true, { raft_vsn: '3', wan_join_port: '8302', expect: '3', ft_fs: '1', sl_a: '1.2.3.4:5' }],
    [false, { role: 'node' }],
    [false, { port: undefined }],
    [false, { port: 'x' }],
    [false, { vsn: undefined }],
    [false, { build: '1.8' }],
    [false, { build: undefined }],
    [false, { expect: '' }],
    [false, { raft_vsn: 'three' }],
    [false, { wan_join_port: 'x' }],
    [false, { ft_fs: 'yes' }],
    [false, { sl_a: '1.2.3.4' }],
  ])('%s: %j', (expected, changes) => {
    const tags = Object.entries({ ...SERVER, ...changes }).filter(
      ([, value]) => value !== undefined,
    );
    expect(isServer(Object.fromEntries(tags) as Record<string, string>)).toBe(expected);
  });
});

describe('the LAN pool', () => {
  const options = { nodeName: 'me', nodeId: 'mine', datacenter: 'dc1', segment: '' };
  const rules = lanRules({ ...options, allowedCidrs: [] });

  it('takes in agents of its datacenter, and members without tags', () => {
    const members = [member('s', SERVER), member('c', CLIENT), member('x', {}), member('y', {})];
    expect(rules.vetoMerge(members)).toBeUndefined();
    for (const one of members) expect(rules.vetoAlive(one)).toBeUndefined();
  });

  it.each<[string, SerfMember]>([
    ["part of wrong datacenter 'dc2'", member('c', { ...CLIENT, dc: 'dc2' })],
    ["part of wrong datacenter 'dc2'", member('s', { ...SERVER, dc: 'dc2' })],
    ["part of wrong datacenter ''", member('c', { role: 'node' })],
    ["part of wrong segment 'a'", member('c', { ...CLIENT, segment: 'a' })],
    ["part of wrong segment 'a'", member('x', { segment: 'a' })],
    ["conflicting node ID 'mine' with this agent's ID", member('c', { ...CLIENT, id: 'mine' })],
  ])('refuses: %s', (reason, other) => {
    expect(rules.vetoAlive(other)).toContain(reason);
    expect(rules.vetoMerge([member('s', SERVER), other])).toContain(reason);
  });

  it('knows itself by its name', () => {
    expect(rules.vetoAlive(member('me', { ...SERVER, id: 'mine' }))).toBeUndefined();
  });

  it('refuses two with one id, where builds have ids of their own', () => {
    const pair = (build: string) => [
      member('a', { ...CLIENT, build }),
      member('b', { ...CLIENT, build }),
    ];
    const reason = "Member 'b' has conflicting node ID 'c' with member 'a'";
    expect(rules.vetoMerge(pair('1.8.6:abc'))).toBe(reason);
    expect(rules.vetoMerge(pair('0.8.5'))).toBe(reason);
    expect(rules.vetoMerge(pair('0.8.4'))).toBeUndefined();
    expect(rules.vetoMerge(pair(''))).toBeUndefined();
  });

  it('does not mind who left', () => {
    const left = { status: SERF_STATUS.left };
    const members = [member('a', CLIENT), member('b', CLIENT, left)];
    expect(rules.vetoMerge(members)).toBeUndefined();
    expect(rules.vetoMerge([member('c', { ...CLIENT, id: 'mine' }, left)])).toBeUndefined();
  });

  it.each(['', 'a\nb', 'a\u0000', 'x'.repeat(513), '\u2028'])('refuses the name %j', (name) => {
    expect(rules.vetoAlive(member(name, CLIENT))).toContain('visible characters');
  });

  it('takes members of the allowed networks alone', () => {
    const strict = lanRules({ ...options, allowedCidrs: ['10.0.0.0/24', 'fd00::/8'] });
    for (const host of ['10.0.0.9', 'fd00::1']) {
      expect(strict.vetoAlive(member('c', CLIENT, { host }))).toBeUndefined();
    }
    for (const host of ['10.0.1.9', 'fe00::1']) {
      const reason = `has address ${host}, which is in none of the allowed networks`;
      expect(strict.vetoAlive(member('c', CLIENT, { host }))).toContain(reason);
    }
    expect(wanRules(['10.1.0.0/16']).vetoAlive(member('s', SERVER))).toContain('has address');
  });

  it.each(['bad name', 'über', 'a.b_c', 'x'.repeat(512)])('takes the name %j', (name) => {
    expect(rules.vetoAlive(member(name, CLIENT))).toBeUndefined();
  });
});

describe('the WAN pool', () => {
  const rules = wanRules([]);

  it('takes in servers of any datacenter', () => {
    const members = [member('a.dc1', SERVER), member('b.dc2', { ...SERVER, dc: 'dc2' })];
    expect(rules.vetoMerge(members)).toBeUndefined();
    expect(rules.vetoAlive(members[1]!)).toBeUndefined();
  });

  it('refuses all others', () => {
    expect(rules.vetoAlive(member('bad', {}))).toBe("Member 'bad' is not a server");
    expect(rules.vetoMerge([member('a.dc1', SERVER), member('c', CLIENT)])).toBe(
      "Member 'c' is not a server",
    );
    expect(rules.vetoAlive(member('a\nb', SERVER))).toContain('visible characters');
  });
});
