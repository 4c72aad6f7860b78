import type { GossipAddress } from '@mesh/gossip';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import { GossipWorld } from '../testing/gossip-world.ts';
import { FloodJoin } from './flood-join.ts';

function member(name: string, changes: Record<string, string> = {}, Status = 1): Member {
  const tags = { role: 'consul', dc: 'dc1', id: name, port: '8300', vsn: '2', build: '1.8.6:' };
  return {
    ...{ Name: name, Addr: `host-${name}`, Port: 8301, Status, Tags: { ...tags, ...changes } },
    ...{ ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2 },
    ...{ DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 },
  };
}

describe('flooding the WAN pool', () => {
  let world: GossipWorld;
  let flood: FloodJoin;
  let lan: Member[];
  let wan: Member[];
  let joined: GossipAddress[];
  let join: () => Promise<void>;
  beforeEach(() => {
    world = new GossipWorld();
    lan = [member('me'), member('s', { wan_join_port: '9' })];
    wan = [member('me.dc1')];
    joined = [];
    join = async () => {};
    flood = new FloodJoin({
      ...{ datacenter: 'dc1', defaultPort: 8302, timers: world.timers },
      ...{ lanMembers: () => lan, wanMembers: () => wan, logger: world.logger('agent.server') },
      join: (address) => {
        joined.push(address);
        return join();
      },
    });
  });

  it('joins servers of this datacenter that are not there', async () => {
    lan.push(
      member('old'),
      member('c', { role: 'node' }),
      member('far', { dc: 'dc2' }),
      member('gone', {}, MEMBER_STATUS.failed),
      member('odd', { wan_join_port: '70000' }),
    );
    flood.start();
    expect(joined).toEqual([
      { host: 'host-s', port: 9 },
      { host: 'host-old', port: 8302 },
    ]);
    await world.advance(0);
    expect(world.lines[0]).toContain('Successfully performed flood-join');
    flood.stop();
    expect(world.timers.pending).toBe(0);
  });

  it('looks again each minute and when told, one attempt at a time', async () => {
    let fail: (error: Error) => void = () => {};
    join = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    const failed = () => {
      fail(new Error('away'));
      return world.advance(0);
    };
    flood.flood();
    expect(joined).toHaveLength(0);
    flood.start();
    flood.flood();
    expect(joined).toHaveLength(1);
    await failed();
    await world.advance(59_999);
    expect(world.lines[0]).toContain('Failed to flood-join');
    expect(joined).toHaveLength(1);
    await world.advance(1);
    expect(joined).toHaveLength(2);
    wan.push(member('s.dc1', {}, MEMBER_STATUS.failed));
    await failed();
    await world.advance(60_000);
    expect(joined).toHaveLength(3);
    wan.push(member('s.dc1'));
    await failed();
    await world.advance(60_000);
    expect(joined).toHaveLength(3);
    flood.stop();
  });
});
