import { silentLogger } from '@mesh/base';
import { FakeCluster, FakeConsensus } from '../testing/fake-consensus.ts';
import { FakeMembership, idOf, testServerMember } from '../testing/fake-membership.ts';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { Bootstrap, hasRaftState } from './bootstrap.ts';
import { BootstrapPromises } from './promises.ts';

/** A server that waits for its cluster: nothing of it but this. */
class Candidate {
  readonly cluster = new FakeCluster();
  readonly consensus: FakeConsensus;
  readonly membership = new FakeMembership();
  readonly promises: BootstrapPromises;
  readonly bootstrap: Bootstrap;
  readonly errors: string[] = [];
  /** Configurations written, as lists of addresses. */
  readonly written: (readonly string[])[] = [];

  constructor(
    name: string,
    calls: MemoryCalls,
    platform: ManualPlatform,
    more: { expect?: number; bootstrap?: boolean } = {},
  ) {
    const address = `${name}:8300`;
    this.consensus = new FakeConsensus(idOf(name), address, this.cluster);
    const write = this.consensus.bootstrap.bind(this.consensus);
    this.consensus.bootstrap = (servers) => {
      this.written.push(servers.map((server) => `${server.address} ${server.suffrage}`));
      return write(servers);
    };
    this.promises = new BootstrapPromises(idOf(name), platform.clock, () =>
      hasRaftState(this.consensus),
    );
    calls.serve(address, async (method, body) => {
      if (method === 'Bootstrap.Promise') return this.promises.give(body);
      return this.consensus.status().servers.map((server) => server.address);
    });
    this.bootstrap = new Bootstrap({
      consensus: this.consensus,
      membership: this.membership,
      calls,
      promises: this.promises,
      platform,
      logger: { ...silentLogger, error: (message) => this.errors.push(message) },
      nodeId: idOf(name),
      rpcAddress: address,
      datacenter: 'dc1',
      bootstrap: more.bootstrap ?? false,
      expect: more.expect ?? 3,
    });
  }
}

const EXPECT = { expect: '3' };
let platform: ManualPlatform;
let calls: MemoryCalls;
let servers: Record<'a' | 'b' | 'c', Candidate>;

beforeEach(() => {
  platform = new ManualPlatform();
  calls = new MemoryCalls();
  const candidate = (name: string) => new Candidate(name, calls, platform);
  servers = { a: candidate('a'), b: candidate('b'), c: candidate('c') };
});

const all = () => Object.values(servers);
const meet = (...names: string[]) => {
  for (const { membership } of all()) {
    membership.set(...names.map((name) => testServerMember(name, EXPECT)));
  }
};
const startAll = () => Promise.all(all().map(({ bootstrap }) => bootstrap.start()));
const written = () => all().map((server) => server.written.length);

it('a server that is to be alone starts a cluster at once, and only once', async () => {
  for (const more of [{ bootstrap: true }, { expect: 1 }]) {
    const alone = new Candidate('x', calls, platform, more);
    await alone.bootstrap.start();
    expect(alone.written).toEqual([['x:8300 voter']]);
    await alone.bootstrap.stop();
    await alone.bootstrap.start();
    expect(alone.written).toHaveLength(1);
  }
});

it('a server that expects nobody starts nothing', async () => {
  const joiner = new Candidate('x', calls, platform, { expect: 0 });
  joiner.membership.set(testServerMember('x'), testServerMember('a', EXPECT));
  await joiner.bootstrap.start();
  await platform.pass(60_000);
  expect(joiner.written).toEqual([]);
});

it('waits for as many as expected; the one with the lowest id begins', async () => {
  meet('a', 'b');
  await startAll();
  await platform.pass(10_000);
  expect(written()).toEqual([0, 0, 0]);
  meet('a', 'b', 'c');
  await platform.pass(0);
  expect(servers.a.written).toEqual([['a:8300 voter', 'b:8300 voter', 'c:8300 voter']]);
  expect(written()).toEqual([1, 0, 0]);
  // The others wait for the log of the first.
  await platform.pass(60_000);
  expect(written()).toEqual([1, 0, 0]);
});

it('those without a vote are not counted, and begin without one', async () => {
  for (const { membership } of all()) {
    membership.set(testServerMember('a', EXPECT), testServerMember('b', EXPECT));
    membership.set(testServerMember('c', { ...EXPECT, nonvoter: '1' }));
  }
  await startAll();
  await platform.pass(5000);
  expect(written()).toEqual([0, 0, 0]);
  const fourth = new Candidate('d', calls, platform);
  meet('d');
  await platform.pass(2000);
  expect(fourth.written).toEqual([]);
  expect(servers.a.written[0]).toEqual([
    'a:8300 voter',
    'b:8300 voter',
    'c:8300 non-voter',
    'd:8300 voter',
  ]);
});

it('one that does not answer holds up all, as it may know of a cluster', async () => {
  calls.break('c:8300', 'gone');
  meet('a', 'b', 'c');
  await startAll();
  await platform.pass(10_000);
  expect(written()).toEqual([0, 0, 0]);
  // Said once, not every second.
  expect(servers.a.errors).toHaveLength(1);
  calls.heal('c:8300');
  await platform.pass(2000);
  expect(written()).toEqual([1, 0, 0]);
});

it('conflicting expectations are refused with an error', async () => {
  meet('a', 'b');
  servers.a.membership.set(testServerMember('c', { expect: '5' }));
  await startAll();
  await platform.pass(5000);
  expect(written()).toEqual([0, 0, 0]);
  expect(servers.a.errors).toEqual([
    'Member has a conflicting expect value. All nodes should expect the same number',
  ]);
  servers.b.membership.set(testServerMember('a', { bootstrap: '1', expect: '3' }));
  await platform.pass(5000);
  expect(servers.b.errors).toEqual(['Member has bootstrap mode. Expect disabled']);
});

it('a cluster that is there is joined, not started anew', async () => {
  await servers.c.consensus.bootstrap([{ id: idOf('c'), address: 'c:8300', suffrage: 'voter' }]);
  meet('a', 'b', 'c');
  await startAll();
  await platform.pass(10_000);
  expect(written()).toEqual([0, 0, 1]);
});

it('servers that see different members never both begin', async () => {
  const fourth = new Candidate('d', calls, platform);
  // a sees a, b, d; b sees b, c, d: d is promised to one of them.
  servers.a.membership.set(...['a', 'b', 'd'].map((name) => testServerMember(name, EXPECT)));
  servers.b.membership.set(...['b', 'c', 'd'].map((name) => testServerMember(name, EXPECT)));
  await startAll();
  await fourth.bootstrap.start();
  await platform.pass(20_000);
  expect(servers.a.written.length + servers.b.written.length).toBe(1);
});

describe('a promise', () => {
  const ids = ['a', 'b', 'c'].map(idOf);

  it('is for one list at a time and runs out', () => {
    const { promises } = servers.b;
    expect(promises.give({ ids })).toBe(true);
    expect(promises.give({ ids })).toBe(true);
    const other = ['b', 'c', 'd'].map(idOf);
    expect(promises.give({ ids: other })).toBe(false);
    platform.ms += 30_000;
    expect(promises.give({ ids: other })).toBe(true);
  });

  it('is not given by a server with state, nor for a list without it', async () => {
    expect(servers.a.promises.give({ ids: ['b', 'c'].map(idOf) })).toBe(false);
    await servers.a.consensus.bootstrap([]);
    expect(servers.a.promises.give({ ids })).toBe(false);
  });

  it.each([
    [undefined],
    [null],
    [7],
    [{}],
    [{ ids: 'x' }],
    [{ ids: [7] }],
    [{ ids: [idOf('b'), idOf('a')] }],
    [{ ids: [idOf('a'), idOf('a')] }],
    [{ ids: Array.from({ length: 65 }, (_, at) => `${at + 100}`) }],
  ])('is not given for nonsense: %j', (request) => {
    expect(servers.a.promises.give(request)).toBe(false);
  });
});
