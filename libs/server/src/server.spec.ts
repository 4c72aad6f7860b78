import { noMetrics, silentLogger } from '@mesh/base';
import { catalogNodes, catalogRegister } from '@mesh/catalog';
import { kvApply, kvGet } from '@mesh/kv';
import { operatorHttpRoutes } from '@mesh/operator';
import { raftTiming } from '@mesh/raft';
import { MemoryLogStore, MemorySnapshotStore } from '@mesh/raft-storage';
import { PLAIN_READ, PLAIN_WRITE } from '@mesh/resource';
import { callRoute } from '@mesh/testkit';
import { statusHttpRoutes } from './http/status.ts';
import { createServer, type Server } from './server.ts';
import type { ServerOptions } from './server-options.ts';
import { FakeMembership, idOf, testServerMember } from './testing/fake-membership.ts';
import { ManualPlatform, settle } from './testing/manual-platform.ts';
import { MemoryCalls } from './testing/memory-calls.ts';
import { MemoryNetwork } from './testing/memory-network.ts';

/** A server with a real log, in this process. */
class TestServer {
  readonly membership = new FakeMembership();
  readonly server: Server;
  readonly name: string;
  readonly lines: string[] = [];

  constructor(name: string, world: World, expect: number) {
    this.name = name;
    let seed = name.charCodeAt(0) * 7919;
    const float = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const { platform, calls, network } = world;
    this.server = createServer({
      nodeId: idOf(name),
      nodeName: name,
      datacenter: 'dc1',
      rpcAddress: `${name}:8300`,
      bootstrap: false,
      bootstrapExpect: expect,
      membership: this.membership as unknown as ServerOptions['membership'],
      calls,
      logStore: new MemoryLogStore(),
      snapshots: new MemorySnapshotStore(platform.clock),
      transport: network.transport(idOf(name)),
      timing: raftTiming(1),
      raftLimits: { snapshotThreshold: 100, snapshotIntervalMs: 1000, trailingEntries: 10 },
      platform: { ...platform, random: { ...platform.random, float } },
      metrics: noMetrics,
      logger: { ...silentLogger, info: (message) => this.lines.push(message) },
      defer: setImmediate,
      holdTimeoutMs: 7000,
      defaultQueryTimeMs: 300_000,
      maxQueryTimeMs: 600_000,
      sessionTtlMinMs: 10_000,
      leaveDrainTimeMs: 5000,
    });
    calls.serve(`${name}:8300`, this.server.handler);
  }

  get leads(): boolean {
    return this.server.consensus.status().role === 'leader';
  }

  put(key: string, value: string): Promise<boolean> {
    const bytes = new TextEncoder().encode(value);
    const operation = { op: 'set', key, value: bytes, flags: 0 } as const;
    return this.server.rpc.write(kvApply, operation, PLAIN_WRITE);
  }

  async get(key: string, options = {}): Promise<string | undefined> {
    const { value } = await this.server.rpc.read(kvGet, { key }, { ...PLAIN_READ, ...options });
    return value?.Value ? new TextDecoder().decode(value.Value) : undefined;
  }

  async nodes(): Promise<readonly string[]> {
    const args = { nodeMeta: {}, filter: '' };
    const { value } = await this.server.rpc.read(catalogNodes, args, PLAIN_READ);
    return value.map(({ Node }) => Node);
  }

  async start(): Promise<void> {
    for (const component of this.server.components) await component.start();
  }

  async stop(): Promise<void> {
    for (const component of [...this.server.components].reverse()) await component.stop();
  }
}

class World {
  readonly platform = new ManualPlatform();
  readonly calls = new MemoryCalls();
  readonly network = new MemoryNetwork();
  readonly servers: TestServer[] = [];

  /** All know each other, and this many were expected. */
  async start(names: readonly string[], expect: number): Promise<void> {
    for (const name of names) this.servers.push(new TestServer(name, this, expect));
    this.meet(...names);
    for (const server of this.servers) await server.start();
    await this.until(() => this.servers.some(({ leads }) => leads));
    await this.platform.pass(200);
  }

  meet(...names: readonly string[]): void {
    for (const { membership } of this.servers) {
      membership.set(...names.map((name) => testServerMember(name, { expect: '3' })));
    }
  }

  get leader(): TestServer {
    return this.servers.find(({ leads }) => leads)!;
  }

  get followers(): readonly TestServer[] {
    return this.servers.filter(({ leads }) => !leads);
  }

  async until(condition: () => boolean): Promise<void> {
    for (let step = 0; step < 600 && !condition(); step++) await this.platform.pass(50);
    expect(condition()).toBe(true);
  }

  /** The promise's outcome, while time passes. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const mark = () => {
      isDone = true;
    };
    promise.then(mark, mark);
    await this.until(() => isDone);
    return promise;
  }

  cutOff(server: TestServer): void {
    this.network.isolate(idOf(server.name));
    this.calls.break(`${server.name}:8300`, 'gone');
  }

  heal(server: TestServer): void {
    this.network.heal(idOf(server.name));
    this.calls.heal(`${server.name}:8300`);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  const stopped = Promise.all(world.servers.map((server) => server.stop()));
  await world.during(stopped);
});

describe('three servers', () => {
  beforeEach(() => world.start(['a', 'b', 'c'], 3));

  it('find each other, elect one, and register themselves', async () => {
    const { servers } = world.leader.server.consensus.status();
    expect(servers.map(({ id, suffrage }) => [id, suffrage])).toEqual(
      ['a', 'b', 'c'].map((name) => [idOf(name), 'voter']),
    );
    expect(await world.leader.nodes()).toEqual(['a', 'b', 'c']);
    expect(world.leader.lines).toContain('cluster leadership acquired');
    expect(world.leader.membership.fired).toEqual(['consul:new-leader']);
    expect(world.servers[0]!.lines).toContain(
      'Found expected number of peers, attempting bootstrap',
    );
  });

  it('what one has acknowledged every other reads at once', async () => {
    for (const writer of world.servers) {
      await world.during(writer.put('key', writer.name));
      for (const reader of world.servers) {
        expect(await world.during(reader.get('key'))).toBe(writer.name);
        const consistent = reader.get('key', { consistency: 'consistent' });
        expect(await world.during(consistent)).toBe(writer.name);
      }
    }
  });

  it('tell of themselves', async () => {
    const [follower] = world.followers;
    const stats = follower!.server.stats();
    expect(stats['consul']).toMatchObject({ leader: 'false', known_datacenters: '1' });
    expect(stats['consul']!['leader_addr']).toBe(`${world.leader.name}:8300`);
    expect(stats['raft']).toMatchObject({ num_peers: '2', state: 'Follower' });
    expect(stats['raft']!['last_contact']).toMatch(/^\d+(\.\d+)?m?s$/);
    expect(world.leader.server.stats()['raft']).toMatchObject({ last_contact: '0' });
    const routes = statusHttpRoutes(follower!.server);
    expect(await callRoute(routes, 'GET', '/v1/status/peers')).toMatchObject({
      value: ['a:8300', 'b:8300', 'c:8300'],
    });
    const ask = (method: string) =>
      world.calls.call(`${follower!.name}:8300`, method, {}, { timeoutMs: 1000 });
    expect(await ask('Status.Leader')).toBe(`${world.leader.name}:8300`);
    expect(await ask('Status.Peers')).toHaveLength(3);
    expect(await ask('Status.RaftStats')).toMatchObject({
      leaderId: idOf(world.leader.name),
      lastLogTerm: expect.any(Number),
    });
  });

  it('requests are held over the loss of the leader', async () => {
    const { leader } = world;
    await world.during(leader.put('key', 'before'));
    world.cutOff(leader);
    const others = world.servers.filter((server) => server !== leader);
    const requests = others.map(async (server) => {
      await server.put('key', 'after');
      return server.get('key');
    });
    for (const request of requests) expect(await world.during(request)).toBe('after');
    // The minority knows that it is one.
    await expect(world.during(leader.get('key'))).rejects.toThrow('No cluster leader');
    expect(await leader.get('key', { consistency: 'stale' })).toBe('before');
    world.heal(leader);
    expect(await world.during(leader.get('key'))).toBe('after');
    expect(world.servers.filter(({ leads }) => leads)).toHaveLength(1);
  });

  it('a blocking read on a follower lives through a change of leaders', async () => {
    const { leader, followers } = world;
    const { index } = await world.during(
      followers[0]!.server.rpc.read(kvGet, { key: 'key' }, PLAIN_READ),
    );
    const blocked = followers[0]!.get('key', { minIndex: index, maxWaitMs: 60_000 });
    await settle();
    world.cutOff(leader);
    await world.until(() => followers.some(({ leads }) => leads));
    await world.during(followers[1]!.put('key', 'value'));
    expect(await world.during(blocked)).toBe('value');
  });

  it('the leader leaves: another leads, and the cluster is one smaller', async () => {
    const { leader } = world;
    await world.during(leader.server.leave());
    for (const { membership } of world.servers) membership.mark(leader.name, 'left');
    await world.platform.pass(2000);
    const rest = world.servers.filter((server) => server !== leader);
    const next = rest.find(({ leads }) => leads)!;
    const { servers } = next.server.consensus.status();
    expect(servers.map(({ id }) => id)).toEqual(rest.map(({ name }) => idOf(name)));
    expect(await world.during(rest[0]!.nodes())).toEqual(rest.map(({ name }) => name));
    await world.during(rest[1]!.put('key', 'value'));
  });

  it('a server that fails is marked; a session timer of the old leader ends nothing', async () => {
    const [follower] = world.followers;
    for (const { membership } of world.servers) membership.mark(follower!.name, 'failed');
    await world.platform.pass(500);
    const registration = {
      ...{ Datacenter: '', ID: '', Node: 'x', Address: '::1', TaggedAddresses: null },
      ...{ NodeMeta: null, SkipNodeUpdate: false, Service: null, Checks: [] },
    };
    await world.during(follower!.server.rpc.write(catalogRegister, registration, PLAIN_WRITE));
    const create = {
      ...{ name: '', node: 'x', lockDelayNs: 0, behavior: 'release', ttl: '10s' },
      ...{ nodeChecks: [], serviceChecks: null },
    };
    const { sessionCreate, store } = world.leader.server;
    await world.during(world.leader.server.rpc.write(sessionCreate, create, PLAIN_WRITE));
    const sessions = () =>
      [...store.dump(store.view())].filter(
        (record) => record.kind === 'row' && 'Behavior' in record.row,
      );
    expect(sessions()).toHaveLength(1);
    await world.platform.pass(15_000);
    // The new leader gives it a whole TTL again.
    await world.during(world.leader.server.consensus.transferLeadership());
    await world.until(() => world.servers.some(({ leads }) => leads));
    await world.platform.pass(15_000);
    expect(sessions()).toHaveLength(1);
    await world.platform.pass(10_000);
    expect(sessions()).toHaveLength(0);
  });
});

describe('one server', () => {
  beforeEach(() => world.start(['a'], 1));

  it('serves at once, and takes others in', async () => {
    await world.during(world.leader.put('key', 'value'));
    const joiner = new TestServer('b', world, 0);
    world.servers.push(joiner);
    await joiner.start();
    world.meet('a', 'b');
    expect(await world.during(joiner.get('key'))).toBe('value');
    const { servers } = world.leader.server.consensus.status();
    expect(servers.map(({ suffrage }) => suffrage)).toEqual(['voter', 'non-voter']);
    const ask = (name: string) =>
      callRoute(operatorHttpRoutes({ rpc: joiner.server.rpc }), 'GET', `/v1/operator/${name}`);
    expect(await world.during(ask('raft/configuration'))).toMatchObject({
      value: {
        Servers: [
          { Node: 'a', Voter: true, Leader: true },
          { Node: 'b', Voter: false },
        ],
      },
    });
    await world.platform.pass(22_000);
    expect(await world.during(ask('raft/configuration'))).toMatchObject({
      value: {
        Servers: [
          { Node: 'a', Voter: true },
          { Node: 'b', Voter: true, Leader: false },
        ],
      },
    });
    expect(await world.during(ask('autopilot/health'))).toMatchObject({
      status: 200,
      value: { Healthy: true, Servers: [{ Name: 'a' }, { Name: 'b' }] },
    });
    expect(await world.during(ask('autopilot/configuration'))).toMatchObject({
      value: { CleanupDeadServers: true, ModifyIndex: expect.any(Number) },
    });
  });

  it('brings a late one up to date by a snapshot', async () => {
    for (let at = 0; at < 300; at++) await world.leader.put(`key/${at}`, String(at));
    await world.platform.pass(3000);
    const joiner = new TestServer('b', world, 0);
    world.servers.push(joiner);
    await joiner.start();
    world.meet('a', 'b');
    await world.until(() => joiner.server.consensus.status().lastSnapshotIndex > 0);
    expect(await world.during(joiner.get('key/299'))).toBe('299');
    await world.during(joiner.put('key/0', 'new'));
    expect(await world.during(joiner.get('key/0'))).toBe('new');
    const raft = joiner.server.stats()['raft']!;
    expect(Number(raft['last_snapshot_index'])).toBeGreaterThan(100);
    const dump = ({ server: { store } }: TestServer) => [...store.dump(store.view())];
    expect(dump(joiner)).toEqual(dump(world.leader));
  });

  it('leaves nobody behind', async () => {
    await world.leader.server.leave();
    expect(world.leader.leads).toBe(true);
  });
});

it('before it has read its log a server promises nothing', async () => {
  const server = new TestServer('a', world, 3);
  const ask = (method: string) =>
    world.calls.call('a:8300', method, { ids: [idOf('a')] }, { timeoutMs: 1000 });
  await expect(ask('Bootstrap.Promise')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(ask('Status.Peers')).rejects.toMatchObject({ code: 'unavailable' });
  world.servers.push(server);
  await server.start();
  expect(await ask('Bootstrap.Promise')).toBe(true);
  expect(await ask('Status.Peers')).toEqual([]);
});
