import { encodeTags } from '@mesh/gossip';
import { type MemberConfig, memberTags, wanMemberTags } from './member-tags.ts';

const config: MemberConfig = {
  ...{ advertiseLan: '10.0.0.5', advertiseWan: '10.0.0.6', bindAddress: '10.0.0.5' },
  ...{ bootstrap: false, bootstrapExpect: 0, datacenter: 'dc1', segment: '', server: true },
  ...{ nodeId: 'c90996f9-855e-97d5-ac5d-91424903f54a', nodeName: 'n1' },
  ports: { server: 8300, serfLan: 8301, serfWan: 8302, http: 2, https: -1, grpc: -1, dns: 3 },
};
/** As captured from the original. */
const CLIENT = {
  ...{ acls: '0', build: '1.8.6:', dc: 'dc1', id: config.nodeId, role: 'node', segment: '' },
  ...{ vsn: '2', vsn_max: '3', vsn_min: '2' },
};
const SERVER = { ...CLIENT, ft_fs: '1', port: '8300', raft_vsn: '3', role: 'consul' };

describe('gossip tags', () => {
  it('of a server', () => {
    const tags = memberTags(config, '1.8.6');
    expect(tags).toEqual({ ...SERVER, wan_join_port: '8302' });
    expect(encodeTags(tags)).toHaveLength(166);
  });

  it('of a server in the WAN pool', () => {
    expect(wanMemberTags(config, '1.8.6')).toEqual(SERVER);
  });

  it('of a client', () => {
    const tags = memberTags({ ...config, server: false }, '1.8.6');
    expect(tags).toEqual(CLIENT);
    expect(encodeTags(tags)).toHaveLength(116);
  });

  it('tell how a server starts its cluster, and that it is in no WAN pool', () => {
    const ports = { ...config.ports, serfWan: -1 };
    expect(memberTags({ ...config, bootstrap: true, ports }, '1.8.6')).toEqual({
      ...SERVER,
      bootstrap: '1',
    });
    expect(memberTags({ ...config, bootstrapExpect: 3 }, '1.8.6')).toMatchObject({ expect: '3' });
  });

  it.each([
    [{ caFile: 'ca.pem', caPath: '' }, '1'],
    [{ caFile: '', caPath: 'ca' }, '1'],
    [{ caFile: '', caPath: '' }, undefined],
  ])('tell whether a server knows authorities of TLS: %j', (tls, expected) => {
    expect(memberTags({ ...config, tls }, '1.8.6').use_tls).toBe(expected);
    expect(memberTags({ ...config, server: false, tls }, '1.8.6').use_tls).toBeUndefined();
  });

  it('are sorted by name', () => {
    const names = Object.keys(memberTags(config, '1.8.6'));
    expect(names).toEqual([...names].sort());
  });
});
