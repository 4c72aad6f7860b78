import { MeshError, noMetrics, silentLogger } from '@mesh/base';
import {
  catalogRegister,
  checkKey,
  checks,
  nodeByName,
  SERF_HEALTH,
  serviceKey,
  services,
} from '@mesh/catalog';
import { PLAIN_WRITE, type WriteEndpoint } from '@mesh/resource';
import { DirectRpc } from '@mesh/testkit';
import { allResources } from '../testing/all-resources.ts';
import { FakeCluster, FakeConsensus } from '../testing/fake-consensus.ts';
import {
  clientMember,
  FakeMembership,
  idOf,
  testServerMember,
} from '../testing/fake-membership.ts';
import { ManualPlatform, settle } from '../testing/manual-platform.ts';
import { Departures } from './departures.ts';
import { Reconciler } from './reconciler.ts';

let platform: ManualPlatform;
let membership: FakeMembership;
let consensus: FakeConsensus;
let cluster: FakeCluster;
let catalog: DirectRpc;
let departures: Departures;
let reconciler: Reconciler;
let writes: string[];
let writeError: MeshError | undefined;
let errors: string[];

beforeEach(async () => {
  platform = new ManualPlatform();
  membership = new FakeMembership();
  cluster = new FakeCluster();
  consensus = new FakeConsensus(idOf('a'), 'a:8300', cluster);
  cluster.servers = [{ id: idOf('a'), address: 'a:8300', suffrage: 'voter' }];
  cluster.elect(consensus);
  catalog = new DirectRpc(allResources());
  departures = new Departures(platform.clock);
  writes = [];
  writeError = undefined;
  errors = [];
  reconciler = new Reconciler({
    membership,
    consensus,
    store: catalog.store,
    write: async <A, R>(endpoint: WriteEndpoint<A, R>, args: A): Promise<R> => {
      if (writeError) throw writeError;
      writes.push(`${endpoint.method} ${(args as { Node: string }).Node}`);
      return catalog.write(endpoint, args, PLAIN_WRITE);
    },
    departures,
    platform,
    metrics: noMetrics,
    logger: { ...silentLogger, error: (message) => errors.push(message) },
    nodeId: idOf('a'),
    datacenter: 'dc1',
  });
  membership.set(testServerMember('a'));
});
afterEach(() => reconciler.stop());

const start = async () => {
  await reconciler.start();
  await settle();
};
const node = (name: string) => nodeByName(catalog.store.view(), name);
const health = (name: string) => catalog.store.view().get(checks, checkKey(name, SERF_HEALTH));
const service = (name: string) =>
  catalog.store.view().get(services, serviceKey(name, 'consul'))?.service;
const raft = () => consensus.changes.map(({ kind, id }) => `${kind} ${id}`);
/** What a node's own agent says of it. */
const registration = (name: string, more: object = {}) => ({
  Datacenter: '',
  ID: idOf(name),
  Node: name,
  Address: '10.0.0.9',
  TaggedAddresses: null,
  NodeMeta: null,
  SkipNodeUpdate: false,
  Service: null,
  Checks: [],
  ...more,
});
const register = (name: string, more: object = {}) =>
  catalog.write(catalogRegister, registration(name, more), PLAIN_WRITE);

describe('alive members', () => {
  it('are registered once; then nothing is written any more', async () => {
    membership.set(testServerMember('b'), clientMember('k'));
    await start();
    expect(node('b')).toMatchObject({ ID: idOf('b'), Address: 'b', Datacenter: 'dc1' });
    expect(health('b')).toMatchObject({ Status: 'passing', Output: 'Agent alive and reachable' });
    expect(service('b')).toMatchObject({
      Port: 8300,
      Meta: { version: '1.8.6', non_voter: 'false' },
    });
    expect([node('k')?.Address, health('k')?.Status]).toEqual(['10.0.0.9', 'passing']);
    expect(service('k')).toBeUndefined();
    expect(writes).toHaveLength(3);
    await platform.pass(300_000);
    membership.set(clientMember('k'));
    await platform.pass(1000);
    expect(writes).toHaveLength(3);
    expect(raft()).toEqual([`add-non-voter ${idOf('b')}`]);
  });

  it('keep what their own agents say of them', async () => {
    const own = { TaggedAddresses: { lan: '10.0.0.9' }, NodeMeta: { rack: '7' } };
    await register('k', own);
    membership.set(clientMember('k'));
    await start();
    expect(node('k')).toMatchObject({ TaggedAddresses: own.TaggedAddresses, Meta: own.NodeMeta });
    membership.set(clientMember('k', { Addr: '10.0.0.10' }));
    await platform.pass(0);
    expect(node('k')).toMatchObject({ Address: '10.0.0.10', Meta: own.NodeMeta });
  });

  it('come back after a failure', async () => {
    membership.set(clientMember('k'));
    await start();
    membership.mark('k', 'failed');
    await platform.pass(0);
    expect(health('k')).toMatchObject({
      Status: 'critical',
      Output: 'Agent not live or unreachable',
    });
    membership.mark('k', 'alive');
    await platform.pass(0);
    expect(health('k')?.Status).toBe('passing');
    expect(writes).toHaveLength(4);
  });

  it('take a name over from a node of another id', async () => {
    membership.set(clientMember('k'));
    await start();
    const Tags = { ...clientMember('k').Tags, id: idOf('z') };
    membership.set(clientMember('k', { Tags }));
    await platform.pass(0);
    expect(node('k')?.ID).toBe(idOf('z'));
    expect(health('k')?.Status).toBe('passing');
  });

  it('of another datacenter are no business of this one', async () => {
    membership.set(testServerMember('b', { dc: 'dc2' }));
    await start();
    expect([node('b'), raft()]).toEqual([undefined, []]);
  });
});

describe('members that are gone', () => {
  it('failed ones that never had a node get none', async () => {
    membership.set(clientMember('k'));
    membership.mark('k', 'failed');
    await start();
    expect(node('k')).toBeUndefined();
  });

  it('those that left lose node and place in the raft configuration', async () => {
    membership.set(testServerMember('b'));
    await start();
    membership.mark('b', 'left');
    await platform.pass(0);
    expect(node('b')).toBeUndefined();
    expect(raft()).toEqual([`add-non-voter ${idOf('b')}`, `remove ${idOf('b')}`]);
    await platform.pass(120_000);
    expect(writes.filter((write) => write.includes('Deregister'))).toHaveLength(1);
  });

  it('the leader does not deregister itself, nor a node that took over the name', async () => {
    await start();
    membership.mark('a', 'left');
    await register('k');
    const Tags = { ...clientMember('k').Tags, id: idOf('z') };
    membership.set(clientMember('k', { Tags, Status: 3 }));
    await platform.pass(0);
    expect(node('a')).toBeDefined();
    expect(node('k')).toBeDefined();
    expect(raft()).toEqual([]);
  });

  it('those that are members no more are deregistered, what never was one stays', async () => {
    membership.set(clientMember('k'));
    await start();
    await register('external');
    membership.drop('k');
    await platform.pass(0);
    expect([node('k'), node('external')?.Node]).toEqual([undefined, 'external']);
  });

  it('a new leader gives members time to be met before it forgets their nodes', async () => {
    await register('k', { Checks: [{ CheckID: SERF_HEALTH, Status: 'passing' }] });
    await register('b', { Checks: [{ CheckID: SERF_HEALTH, Status: 'passing' }] });
    cluster.servers.push({ id: idOf('b'), address: 'b:8300', suffrage: 'voter' });
    await start();
    await platform.pass(59_000);
    expect(node('k')).toBeDefined();
    await platform.pass(61_000);
    expect(node('k')).toBeUndefined();
    // A server of the raft configuration is part of the cluster, met or not.
    expect(node('b')).toBeDefined();
    expect(raft()).toEqual([]);
  });

  it('a server that asked to leave is not taken in again while it still looks alive', async () => {
    departures.add(idOf('b'));
    membership.set(testServerMember('b'));
    await start();
    expect([node('b'), raft()]).toEqual([undefined, []]);
    membership.mark('b', 'left');
    await platform.pass(0);
    membership.mark('b', 'alive');
    await platform.pass(0);
    expect(raft()).toEqual([`add-non-voter ${idOf('b')}`]);
  });
});

describe('the raft configuration', () => {
  it('follows a new address, suffrage stays', async () => {
    cluster.servers.push({ id: idOf('b'), address: 'old:8300', suffrage: 'voter' });
    membership.set(testServerMember('b'));
    await start();
    expect(cluster.servers).toContainEqual({
      id: idOf('b'),
      address: 'b:8300',
      suffrage: 'voter',
    });
  });

  it('a server under the address of another takes its place', async () => {
    cluster.servers.push({ id: idOf('z'), address: 'b:8300', suffrage: 'voter' });
    membership.set(testServerMember('b'));
    await start();
    expect(raft()).toEqual([`remove ${idOf('z')}`, `add-non-voter ${idOf('b')}`]);
  });

  it('nobody drives out the leader by its address', async () => {
    membership.set({ ...testServerMember('b'), Addr: 'a' });
    await start();
    expect(raft()).toEqual([]);
    expect(errors).toContain('failed to reconcile member');
  });

  it('a change that conflicts with another is tried again soon', async () => {
    consensus.changeErrors.push(new MeshError('conflict', 'another change is under way'));
    membership.set(testServerMember('b'));
    await start();
    expect(raft()).toEqual([]);
    await platform.pass(1000);
    expect(raft()).toEqual([`add-non-voter ${idOf('b')}`]);
    expect(errors).toEqual([]);
  });
});

describe('the duty', () => {
  it('goes on after a failure, and does not let one member hold up others', async () => {
    membership.set(clientMember('k'));
    writeError = new MeshError('unavailable', 'no space left on device');
    await start();
    expect(errors).toHaveLength(2);
    writeError = undefined;
    await platform.pass(1000);
    expect(health('k')?.Status).toBe('passing');
  });

  it('does nothing any more once it has been stopped', async () => {
    await start();
    await reconciler.stop();
    membership.set(clientMember('k'));
    await platform.pass(120_000);
    expect(node('k')).toBeUndefined();
    expect(platform.pending).toHaveLength(0);
  });

  it('stopped in the middle of a pass it writes nothing more, and says nothing', async () => {
    membership.set(...['k', 'l', 'm'].map((name) => clientMember(name)));
    await reconciler.start();
    writeError = new MeshError('no-leader', 'No cluster leader');
    await reconciler.stop();
    await settle();
    const before = writes.length;
    writeError = undefined;
    await platform.pass(120_000);
    expect(writes).toHaveLength(before);
    expect(errors).toEqual([]);
    await start();
    expect(node('m')).toBeDefined();
  });

  it('many changes at once are one pass', async () => {
    await start();
    let passes = 0;
    const members = membership.members.bind(membership);
    membership.members = () => {
      passes++;
      return members();
    };
    for (const name of ['k', 'l', 'm']) membership.set(clientMember(name));
    await platform.pass(0);
    expect(passes).toBe(1);
    expect(node('m')).toBeDefined();
  });
});
