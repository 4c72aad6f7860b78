import { MeshError, silentLogger } from '@mesh/base';
import { catalogRegister, nodeByName } from '@mesh/catalog';
import { PLAIN_WRITE } from '@mesh/resource';
import { Departures } from './duties/departures.ts';
import { Leaver, serverLeave } from './leave.ts';
import { allResources } from './testing/all-resources.ts';
import { FakeCluster } from './testing/fake-consensus.ts';
import { idOf } from './testing/fake-membership.ts';
import { FakeServer } from './testing/fake-server.ts';
import { ManualPlatform, settle } from './testing/manual-platform.ts';
import { MemoryCalls } from './testing/memory-calls.ts';

class LeavingServer extends FakeServer {
  readonly leaver: Leaver;
  readonly departures: Departures;

  constructor(name: string, cluster: FakeCluster, calls: MemoryCalls, platform: ManualPlatform) {
    const departures = new Departures(platform.clock);
    const leaver: Leaver = new Leaver({
      consensus: () => this.consensus,
      rpc: () => this.rpc,
      store: () => this.store,
      departures,
      platform,
      logger: silentLogger,
      nodeId: idOf(name),
      datacenter: 'dc1',
      timeoutMs: 5000,
    });
    const named = { id: idOf(name), address: `${name}:8300` };
    super(named, cluster, calls, platform, [...allResources(), leaver.resource()]);
    this.leaver = leaver;
    this.departures = departures;
  }
}

let platform: ManualPlatform;
let calls: MemoryCalls;
let cluster: FakeCluster;
let a: LeavingServer;
let b: LeavingServer;

beforeEach(async () => {
  platform = new ManualPlatform();
  calls = new MemoryCalls();
  cluster = new FakeCluster();
  a = new LeavingServer('a', cluster, calls, platform);
  b = new LeavingServer('b', cluster, calls, platform);
  await a.rpc.start();
  await b.rpc.start();
  cluster.elect(a.consensus);
  for (const name of ['a', 'b']) {
    cluster.servers.push({ id: idOf(name), address: `${name}:8300`, suffrage: 'voter' });
    const registration = {
      ...{ Datacenter: '', ID: idOf(name), Node: name, Address: name, TaggedAddresses: null },
      ...{ NodeMeta: null, SkipNodeUpdate: false, Service: null, Checks: [] },
    };
    await a.rpc.write(catalogRegister, registration, PLAIN_WRITE);
  }
});

const servers = () => cluster.servers.map(({ id }) => id);
const nodesOf = ({ store }: FakeServer) =>
  ['a', 'b'].filter((name) => nodeByName(store.view(), name) !== undefined);

it('a follower asks the leader to let it go', async () => {
  await b.leaver.leave();
  expect(servers()).toEqual([idOf('a')]);
  expect(nodesOf(a)).toEqual(['a']);
  expect(a.departures.has(idOf('b'))).toBe(true);
  expect(a.consensus.transfers).toBe(0);
});

it('the leader hands over first', async () => {
  await a.leaver.leave();
  expect(a.consensus.transfers).toBe(1);
  expect(b.consensus.isLeader).toBe(true);
  expect(servers()).toEqual([idOf('b')]);
  expect(nodesOf(b)).toEqual(['b']);
});

it('a leader that cannot hand over takes itself out', async () => {
  a.consensus.transferLeadership = () =>
    Promise.reject(new MeshError('unavailable', 'nobody caught up'));
  await a.leaver.leave();
  expect(servers()).toEqual([idOf('b')]);
});

it('the last voter stays', async () => {
  cluster.servers = [
    { id: idOf('a'), address: 'a:8300', suffrage: 'voter' },
    { id: idOf('b'), address: 'b:8300', suffrage: 'non-voter' },
  ];
  await a.leaver.leave();
  expect(servers()).toHaveLength(2);
  expect(a.consensus.transfers).toBe(0);
  const options = { datacenter: '', token: '', server: 'leader' } as const;
  const asked = b.rpc.call(serverLeave, { id: idOf('a') }, options);
  await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
  expect(nodesOf(a)).toEqual(['a', 'b']);
});

it('a server that is no member, or unknown, has nothing to leave', async () => {
  cluster.servers = cluster.servers.filter(({ id }) => id === idOf('a'));
  await b.leaver.leave();
  const options = { datacenter: '', token: '', server: 'leader' } as const;
  expect(await b.rpc.call(serverLeave, { id: idOf('b') }, options)).toBe(true);
  for (const request of [undefined, null, {}, { id: '' }, { id: 7 }]) {
    const asked = b.rpc.call(serverLeave, request as { id: string }, options);
    await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
  }
  expect(nodesOf(a)).toEqual(['a', 'b']);
});

it('waits for another change of the configuration', async () => {
  a.consensus.changeErrors.push(new MeshError('conflict', 'another change is under way'));
  const left = b.leaver.leave();
  await settle();
  expect(servers()).toHaveLength(2);
  await platform.pass(250);
  await left;
  expect(servers()).toEqual([idOf('a')]);
});

it('takes no longer than it may', async () => {
  cluster.depose();
  const left = b.leaver.leave();
  await settle();
  platform.advance(5000);
  await left;
  expect(servers()).toHaveLength(2);
  await platform.pass(10_000);
  expect(platform.pending).toHaveLength(0);
});
