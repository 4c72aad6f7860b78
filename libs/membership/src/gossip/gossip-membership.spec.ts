import { utf8Bytes, utf8Text } from '@mesh/base';
import { type AgentSettings, GossipWorld, statuses } from '../testing/gossip-world.ts';
import type { GossipMembership } from './gossip-membership.ts';
import { fireNewLeader } from './new-leader.ts';

const CLIENT: AgentSettings = { server: false };

describe('an agent in its pools', () => {
  let world: GossipWorld;
  beforeEach(() => {
    world = new GossipWorld();
  });
  afterEach(() => world.stop());

  const lan = (agent: GossipMembership) => statuses(agent.members());
  const wan = (agent: GossipMembership) => statuses(agent.wanMembers());
  const said = (text: string) => world.lines.filter((line) => line.includes(text));

  async function join(agent: GossipMembership, host: number, isWan = false): Promise<number> {
    return world.wait(agent.join([`10.0.0.${host}`], isWan));
  }

  /** A server and a client that know each other. */
  async function pair(): Promise<readonly [GossipMembership, GossipMembership]> {
    const server = await world.add(1);
    const client = await world.add(2, CLIENT);
    await join(client, 1);
    await world.until(() => server.members().length === 2 && client.members().length === 2);
    return [server, client];
  }

  it('is alone at first', async () => {
    const server = await world.add(1);
    expect(server.local()).toMatchObject({
      ...{ Name: 'n1', Addr: '10.0.0.1', Port: 8301, Status: 1 },
      ...{ ProtocolMin: 1, ProtocolMax: 5, ProtocolCur: 2 },
      ...{ DelegateMin: 2, DelegateMax: 5, DelegateCur: 4 },
      Tags: { role: 'consul', wan_join_port: '8302' },
    });
    expect(lan(server)).toEqual(['n1:alive']);
    expect(wan(server)).toEqual(['n1.dc1:alive']);
    expect(server.router.local.pick()).toBe('10.0.0.1:8300');
    expect(said('EventMember')).toEqual([
      '[INFO] agent.server.serf.wan: serf: EventMemberJoin: n1.dc1 10.0.0.1',
      '[INFO] agent.server.serf.lan: serf: EventMemberJoin: n1 10.0.0.1',
    ]);
  });

  it('can be asked before it is started, and after it has stopped', async () => {
    const server = world.create(1);
    expect(lan(server)).toEqual(['n1:alive']);
    expect(server.stats()).toMatchObject({ serf_lan: { members: '1', encrypted: 'false' } });
    await expect(server.join(['10.0.0.2'], false)).rejects.toThrow('not running');
    await server.start();
    await server.start();
    await server.stop();
    await server.stop();
    expect(lan(server)).toEqual(['n1:alive']);
    expect(world.timers.pending).toBe(0);
    await server.start();
    expect(lan(server)).toEqual(['n1:alive']);
  });

  it('joins others', async () => {
    const [server, client] = await pair();
    expect(lan(server)).toEqual(['n1:alive', 'n2:alive']);
    expect(lan(client)).toEqual(['n1:alive', 'n2:alive']);
    expect(wan(client)).toEqual([]);
    expect(client.local().Tags.role).toBe('node');
    expect(client.router.local.pick()).toBe('10.0.0.1:8300');
    expect(client.stats()).toMatchObject({ serf_lan: { members: '2', failed: '0', left: '0' } });
    expect(client.stats()).not.toHaveProperty('serf_wan');
    expect(said('agent: (LAN)')).toEqual([
      '[INFO] agent: (LAN) joining lan_addresses=[10.0.0.1]',
      '[INFO] agent: (LAN) joined number_of_nodes=1',
    ]);
    expect(said('agent.client.serf.lan: serf: EventMemberJoin: n1 10.0.0.1')).toHaveLength(1);
  });

  it('says why it cannot join', async () => {
    const client = await world.add(2, CLIENT);
    const refused = 'Failed to join 10.0.0.9: dial tcp 10.0.0.9:8301: connect: connection refused';
    await expect(join(client, 9)).rejects.toMatchObject({
      message: `1 error occurred:\n\t* ${refused}\n\n`,
    });
    await expect(world.wait(client.join(['10.0.0.9', 'no.example'], false))).rejects.toThrow(
      `2 errors occurred:\n\t* `,
    );
    expect(said("couldn't join")).toHaveLength(2);
    await expect(join(client, 1, true)).rejects.toThrow('Must be a server to join WAN cluster');
  });

  it('joins by name through every address, one is enough', async () => {
    const server = await world.add(1);
    const client = await world.add(3, CLIENT);
    expect(await world.wait(client.join(['both.example'], false))).toBe(1);
    await world.until(() => server.members().length === 2);
    await world.add(2);
    expect(await world.wait(client.join(['both.example:8301', '10.0.0.9'], false))).toBe(2);
  });

  it('does not let in agents of another datacenter, and says so', async () => {
    const server = await world.add(1);
    const foreign = await world.add(2, { ...CLIENT, datacenter: 'dc2' });
    await expect(join(foreign, 1)).rejects.toThrow("wrong datacenter 'dc1' (expected 'dc2')");
    await world.advance(5000);
    expect(lan(server)).toEqual(['n1:alive']);
    expect(lan(foreign)).toEqual(['n2:alive']);
  });

  it('does not let in another with its id', async () => {
    const server = await world.add(1);
    const twin = await world.add(2, { ...CLIENT, nodeId: 'id-1' });
    await expect(join(twin, 1)).rejects.toThrow("conflicting node ID 'id-1'");
    await world.advance(5000);
    expect(lan(server)).toEqual(['n1:alive']);
  });

  it('tells of changes', async () => {
    const server = await world.add(1);
    let changes = 0;
    const unsubscribe = server.onChange(() => changes++);
    const client = await world.add(2, CLIENT);
    await join(client, 1);
    await world.until(() => changes > 0);
    unsubscribe();
    await client.stop();
    await world.until(() => lan(server).includes('n2:failed'));
    expect(changes).toBe(1);
  });

  it('leaves', async () => {
    const [server, client] = await pair();
    const leaving = client.leave();
    const again = client.leave();
    await world.wait(Promise.all([leaving, again]));
    expect(lan(client)).toContain('n2:left');
    await client.stop();
    await world.until(() => lan(server).includes('n2:left'));
    expect(said('serf: EventMemberLeave: n2 10.0.0.2').length).toBeGreaterThan(0);
  });

  it('leaves the WAN pool first', async () => {
    const server = await world.add(1);
    const left: string[] = [];
    const leaving = server.leave();
    await world.until(() => {
      if (wan(server)[0] === 'n1.dc1:left' && !left.includes('wan')) left.push('wan');
      if (lan(server)[0] === 'n1:left') left.push('lan');
      return left.includes('lan');
    });
    await world.wait(leaving);
    expect(left).toEqual(['wan', 'lan']);
  });

  it('notices who is gone, and who comes back', async () => {
    const [server, client] = await pair();
    await client.stop();
    await world.until(() => lan(server).includes('n2:failed'), 30_000);
    expect(server.stats()).toMatchObject({ serf_lan: { failed: '1' } });
    await client.start();
    await join(client, 1);
    await world.until(() => lan(server).includes('n2:alive'));
  });

  it('stops using a server that failed', async () => {
    const [server, client] = await pair();
    let changes = 0;
    client.router.onChange(() => changes++);
    await server.stop();
    await world.until(() => client.router.local.pick() === undefined);
    expect(changes).toBe(1);
    expect(said('agent.client: removing server')).toHaveLength(1);
  });

  it('forces a failed member out, and forgets it', async () => {
    const [server, client] = await pair();
    await expect(server.forceLeave('nobody', false)).rejects.toMatchObject({
      code: 'not-found',
      message: "agent: No node found with name 'nobody'",
    });
    await client.stop();
    await world.until(() => lan(server).includes('n2:failed'));
    await server.forceLeave('n2', false);
    await world.until(() => lan(server).includes('n2:left'));
    await server.forceLeave('n2', true);
    await world.until(() => lan(server).length === 1);
    await server.forceLeave('n1', false);
    expect(lan(server)).toEqual(['n1:alive']);
  });

  it('forces a server out of both pools', async () => {
    const one = await world.add(1);
    const two = await world.add(2);
    await join(two, 1);
    await world.until(() => wan(one).length === 2);
    await two.stop();
    await world.until(() => wan(one).includes('n2.dc1:failed'), 200_000);
    await one.forceLeave('n2', false);
    await world.until(() => lan(one).includes('n2:left') && wan(one).includes('n2.dc1:left'));
  });

  it('carries events to all, itself included', async () => {
    const [server, client] = await pair();
    const heard: string[] = [];
    for (const [name, agent] of Object.entries({ server, client })) {
      agent.events.subscribe((event) =>
        heard.push(`${name} ${event.name} ${utf8Text(event.payload)}`),
      );
    }
    server.events.fire('consul:event:deploy', utf8Bytes('now'));
    await world.until(() => heard.length === 2);
    expect(heard.sort()).toEqual([
      'client consul:event:deploy now',
      'server consul:event:deploy now',
    ]);
    fireNewLeader(server.events, 'n1');
    await world.until(() => said('New leader elected').length === 2);
    expect(said('agent.client: New leader elected payload=n1')).toHaveLength(1);
    expect(() => server.events.fire('x', new Uint8Array(600))).toThrow('512');
  });

  it('a listener that fails does not harm the others', async () => {
    const server = await world.add(1);
    const heard: string[] = [];
    server.events.subscribe(() => {
      throw new Error('a bug');
    });
    server.events.subscribe(({ name }) => heard.push(name));
    server.events.fire('one', new Uint8Array());
    server.events.fire('two', new Uint8Array());
    expect(heard).toEqual(['one', 'two']);
    expect(said('failed to handle an event')).toHaveLength(2);
  });

  it('tells the others when its tags change', async () => {
    const [server, client] = await pair();
    server.setTags({ acls: '1' });
    expect(server.local().Tags).toMatchObject({ acls: '1', segment: '' });
    const tagsOf = () => client.members().find(({ Name }) => Name === 'n1')?.Tags;
    await world.until(() => tagsOf()?.acls === '1');
    expect(said('serf: EventMemberUpdate: n1 10.0.0.1').length).toBeGreaterThan(0);
  });

  it('knows how far the others are', async () => {
    const [server, client] = await pair();
    await world.until(() => client.coordinates.of('lan', 'n1') !== undefined);
    expect(client.coordinates.own('lan')?.Vec).toHaveLength(8);
    expect(client.coordinates.of('lan', 'n2')).toEqual(client.coordinates.own('lan'));
    expect(client.coordinates.own('wan')).toBeUndefined();
    expect(server.coordinates.own('wan')).toBeDefined();
  });

  it('has no keys to change where nothing is encrypted', async () => {
    const client = await world.add(2, CLIENT);
    expect(client.keyrings.isEncrypted('lan')).toBe(false);
    expect(client.keyrings.isEncrypted('wan')).toBe(false);
    const operate = (pool: 'lan' | 'wan') => client.keyrings.operate(pool, 'list', '', 0);
    await expect(operate('lan')).rejects.toThrow('encryption not enabled');
    await expect(operate('wan')).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('keeps no coordinates where they are off', async () => {
    const agent = await world.add(1, { disableCoordinates: true });
    expect(agent.coordinates.own('lan')).toBeUndefined();
  });

  it('costs little when nothing happens', async () => {
    const server = await world.add(1);
    await world.advance(1000);
    const before = world.network.packets;
    await world.advance(60_000);
    expect(world.network.packets).toBe(before);
    expect(server.members()).toHaveLength(1);
  });
});

describe('servers of several datacenters', () => {
  let world: GossipWorld;
  beforeEach(() => {
    world = new GossipWorld();
  });
  afterEach(() => world.stop());

  it('find each other when one server of each has joined', async () => {
    const one = await world.add(1);
    const two = await world.add(2);
    const far = await world.add(3, { datacenter: 'dc2' });
    await world.wait(two.join(['10.0.0.1'], false));
    await world.wait(one.join(['10.0.0.3'], true));
    const all = ['n1.dc1:alive', 'n2.dc1:alive', 'n3.dc2:alive'];
    await world.until(() => [one, two, far].every((agent) => agent.wanMembers().length === 3));
    for (const agent of [one, two, far]) expect(statuses(agent.wanMembers())).toEqual(all);
    expect(one.router.datacenters()).toEqual(['dc1', 'dc2']);
    expect(far.router.datacenters()).toEqual(['dc2', 'dc1']);
    expect(two.router.remote('dc2')?.pick()).toBe('10.0.0.3:8300');
    expect(statuses(far.members())).toEqual(['n3:alive']);
    expect(world.lines.some((line) => line.includes('performed flood-join'))).toBe(true);
  });

  it('without a WAN port have no WAN pool', async () => {
    const ports = {
      server: 8300,
      serfLan: 8301,
      serfWan: -1,
      http: 1,
      https: -1,
      grpc: -1,
      dns: 1,
    };
    const agent = await world.add(1, { ports });
    expect(agent.wanMembers()).toEqual([]);
    expect(agent.stats()).not.toHaveProperty('serf_wan');
    await expect(agent.join(['10.0.0.2'], true)).rejects.toThrow('WAN Federation is disabled');
    expect(agent.local().Tags).not.toHaveProperty('wan_join_port');
  });

  it('do not let clients into the WAN pool', async () => {
    const server = await world.add(1);
    // A client's LAN pool is no WAN pool, but its port may be given by mistake.
    await world.add(2, CLIENT);
    await expect(world.wait(server.join(['10.0.0.2:8301'], true))).rejects.toThrow(
      'is not a server',
    );
    expect(statuses(server.wanMembers())).toEqual(['n1.dc1:alive']);
  });
});
