import type { NetworkCoordinate } from '@mesh/gossip';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import { GossipWorld } from '../testing/gossip-world.ts';
import { Router } from './router.ts';

function server(
  name: string,
  dc: string,
  host: string,
  Status: number = MEMBER_STATUS.alive,
): Member {
  return {
    ...{ Name: name, Addr: host, Port: 8301, Status },
    Tags: { role: 'consul', dc, id: `id-${name}`, port: '8300', vsn: '2', build: '1.8.6:' },
    ...{ ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2 },
    ...{ DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 },
  };
}

const at = (x: number): NetworkCoordinate => ({
  ...{ Vec: [x, 0, 0, 0, 0, 0, 0, 0], Error: 1, Adjustment: 0, Height: 0 },
});

describe('the router', () => {
  const world = new GossipWorld();
  let places: Record<string, number>;
  let router: Router;
  let changes: number;
  beforeEach(() => {
    places = {};
    changes = 0;
    world.lines.length = 0;
    router = new Router({
      datacenter: 'dc1',
      coordinates: {
        own: () => at(0),
        of: (_pool, name) => (places[name] === undefined ? undefined : at(places[name])),
      },
      platform: world.platform,
      logger: world.logger('agent.client'),
      isServer: false,
    });
    router.onChange(() => changes++);
  });

  it('knows nobody at first', () => {
    expect(router.local.pick()).toBeUndefined();
    expect(router.datacenters()).toEqual(['dc1']);
    expect(router.remote('dc1')).toBe(router.local);
    expect(router.remote('dc2')).toBeUndefined();
    expect(router.localServers()).toEqual([]);
  });

  it('takes the alive servers of its datacenter from the LAN pool', () => {
    const members = [
      server('s1', 'dc1', '10.0.0.1'),
      server('s2', 'dc1', '10.0.0.2', MEMBER_STATUS.failed),
      { ...server('c', 'dc1', '10.0.0.3'), Tags: { role: 'node', dc: 'dc1' } },
      server('far', 'dc2', '10.0.0.4'),
    ];
    router.updateLan(members);
    expect(router.local.pick()).toBe('10.0.0.1:8300');
    expect(router.localServers().map(({ name }) => name)).toEqual(['s1']);
    expect(changes).toBe(1);
    router.updateLan(members);
    expect(changes).toBe(1);
    router.updateLan([]);
    expect(router.local.pick()).toBeUndefined();
    expect(changes).toBe(2);
    expect(world.lines).toEqual([
      '[INFO] agent.client: adding server server=s1 (Addr: tcp/10.0.0.1:8300) (DC: dc1)',
      '[INFO] agent.client: removing server server=s1 (Addr: tcp/10.0.0.1:8300) (DC: dc1)',
    ]);
  });

  it('takes the servers of others from the WAN pool', () => {
    router.updateWan([server('s1.dc1', 'dc1', '10.0.0.1'), server('r.dc2', 'dc2', '10.2.0.1')]);
    expect(router.remote('dc2')?.pick()).toBe('10.2.0.1:8300');
    expect(router.remote('dc1')).toBe(router.local);
    expect(router.datacenters()).toEqual(['dc1', 'dc2']);
    expect(changes).toBe(1);
  });

  it('knows a datacenter that cannot be reached, until its servers have left', () => {
    router.updateWan([server('r.dc2', 'dc2', '10.2.0.1', MEMBER_STATUS.failed)]);
    expect(router.remote('dc2')).toBeDefined();
    expect(router.remote('dc2')?.pick()).toBeUndefined();
    expect(router.datacenters()).toEqual(['dc1', 'dc2']);
    router.updateWan([server('r.dc2', 'dc2', '10.2.0.1', MEMBER_STATUS.left)]);
    expect(router.remote('dc2')).toBeUndefined();
    expect(router.datacenters()).toEqual(['dc1']);
  });

  it('sorts datacenters by the median of their distances, then by name', () => {
    places = { 'a.dc2': 9, 'b.dc2': 1, 'c.dc2': 8, 'a.dc3': 2, 'b.dc3': 3, 'a.dc0': 3 };
    const names = ['a.dc2', 'b.dc2', 'c.dc2', 'a.dc3', 'b.dc3', 'a.dc0', 'x.dc8', 'x.dc7', 'y.dc1'];
    router.updateWan(names.map((name, n) => server(name, name.split('.')[1]!, `10.1.0.${n}`)));
    expect(router.datacenters()).toEqual(['dc1', 'dc0', 'dc3', 'dc2', 'dc7', 'dc8']);
  });
});
