import { MeshError, type Metrics, noMetrics, silentLogger } from '@mesh/base';
import {
  autopilotConfiguration,
  autopilotSetConfiguration,
  DEFAULT_LIMITS,
  settingsOf,
} from '@mesh/operator';
import { allResources } from '../testing/all-resources.ts';
import { FakeCluster } from '../testing/fake-consensus.ts';
import {
  clientMember,
  FakeMembership,
  idOf,
  testServerMember,
} from '../testing/fake-membership.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform, settle } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { Autopilot } from './autopilot.ts';

/** The leader `a`, with as many other servers as the test says. */
class World {
  readonly platform = new ManualPlatform();
  readonly cluster = new FakeCluster();
  readonly calls = new MemoryCalls();
  readonly membership = new FakeMembership();
  readonly lines: string[] = [];
  readonly gauges = new Map<string, number>();
  readonly resources = allResources();
  readonly leader = new FakeServer(
    { id: idOf('a'), address: 'a:8300' },
    this.cluster,
    this.calls,
    this.platform,
    this.resources,
  );
  /** What servers answer to Status.RaftStats, by name; undefined: the leader's own, 50 ms old. */
  readonly stats = new Map<string, unknown>();
  readonly autopilot: Autopilot;
  reconciled = 0;

  constructor() {
    const log = (message: string) => this.lines.push(message);
    const metrics: Metrics = {
      ...noMetrics,
      gauge: (name, value) => this.gauges.set(name, value),
    };
    this.autopilot = new Autopilot({
      consensus: this.leader.consensus,
      membership: this.membership,
      calls: this.calls,
      store: this.leader.store,
      write: (endpoint, args) => this.leader.rpc.writeAsLeader(endpoint, args),
      reconcile: () => this.reconciled++,
      initial: { ...DEFAULT_LIMITS, minQuorum: 1 },
      platform: this.platform,
      nodeId: idOf('a'),
      datacenter: 'dc1',
      metrics,
      logger: { ...silentLogger, info: log, warn: log, error: log },
    });
  }

  /** Adds a server to the raft configuration and the pool. */
  add(name: string, suffrage: 'voter' | 'non-voter' = 'voter'): void {
    const { cluster, calls, leader } = this;
    cluster.servers = [...cluster.servers, { id: idOf(name), address: `${name}:8300`, suffrage }];
    this.membership.set(testServerMember(name));
    leader.consensus.answeredMs.set(idOf(name), 50);
    if (name === 'a') return;
    calls.serve(`${name}:8300`, async (method) => {
      if (method !== 'Status.RaftStats') throw new MeshError('not-found', method);
      const { lastLogIndex, lastLogTerm } = leader.consensus.status();
      return this.stats.get(name) ?? { lastLogIndex, lastLogTerm, lastContactMs: 50 };
    });
  }

  /** The server is dead, and the pool knows it. */
  fail(name: string): void {
    this.leader.consensus.answeredMs.set(idOf(name), 60_000);
    this.calls.break(`${name}:8300`, 'gone');
    this.membership.mark(name, 'failed');
  }

  async start(...names: readonly string[]): Promise<void> {
    for (const name of ['a', ...names]) this.add(name);
    await this.leader.rpc.start();
    this.cluster.elect(this.leader.consensus);
    await this.autopilot.start();
    await settle();
  }

  get voters(): readonly string[] {
    const voters = this.cluster.servers.filter(({ suffrage }) => suffrage === 'voter');
    return voters.map(({ address }) => address.replace(':8300', '')).sort();
  }

  async healthy(): Promise<readonly string[]> {
    const { servers } = await this.autopilot.health();
    const names = servers.filter(({ isHealthy }) => isHealthy).map(({ address }) => address);
    return names.map((address) => address.replace(':8300', ''));
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.autopilot.stop());

describe('the configuration', () => {
  test('is written by the first leader, and left alone by others', async () => {
    await world.start();
    const { store } = world.leader;
    const written = autopilotConfiguration(store.view());
    expect(written).toMatchObject({ MinQuorum: 1, ServerStabilizationTime: '10s' });
    expect(world.lines).toEqual(['initialized Autopilot configuration']);
    await world.autopilot.stop();
    await world.autopilot.start();
    await world.platform.pass(30_000);
    expect(autopilotConfiguration(store.view())).toBe(written);
  });

  test('is tried again where it could not be written', async () => {
    world.leader.consensus.proposalError = new MeshError('unavailable', 'the disk is full');
    await world.start();
    expect(world.lines).toEqual(['Error updating cluster health']);
    expect(await world.healthy()).toEqual([]);
    await world.platform.pass(2000);
    expect(await world.healthy()).toEqual(['a']);
  });

  test('counts from when it is changed', async () => {
    await world.start();
    const settings = settingsOf({ ...DEFAULT_LIMITS, serverStabilizationMs: 60_000 });
    await world.leader.rpc.writeAsLeader(autopilotSetConfiguration, { settings, cas: null });
    world.add('b', 'non-voter');
    await world.platform.pass(59_000);
    expect(world.voters).toEqual(['a']);
    await world.platform.pass(12_000);
    expect(world.voters).toEqual(['a', 'b']);
  });
});

describe('health', () => {
  test('is known at once, and kept up', async () => {
    await world.start('b', 'c');
    expect(await world.healthy()).toEqual(['a', 'b', 'c']);
    expect(world.gauges.get('autopilot.healthy')).toBe(1);
    expect(world.gauges.get('autopilot.failure_tolerance')).toBe(1);
    world.calls.break('b:8300', 'gone');
    await world.platform.pass(2000);
    expect(await world.healthy()).toEqual(['a', 'c']);
    expect(world.gauges.get('autopilot.healthy')).toBe(0);
    expect(world.gauges.get('autopilot.failure_tolerance')).toBe(0);
    world.calls.heal('b:8300');
    await world.platform.pass(2000);
    expect(await world.healthy()).toEqual(['a', 'b', 'c']);
  });

  test.each([
    [null],
    [7],
    [[]],
    [{ lastLogIndex: 1, lastLogTerm: 1 }],
    [{ lastLogIndex: '1', lastLogTerm: 2, lastContactMs: 0 }],
    [{ lastLogIndex: Number.NaN, lastLogTerm: 2, lastContactMs: 0 }],
  ])('a server that answers %j is not healthy', async (answer) => {
    world.stats.set('b', answer ?? 'nothing');
    await world.start('b');
    expect(await world.healthy()).toEqual(['a']);
  });

  test('servers of other datacenters and clients are not looked at', async () => {
    world.membership.set(clientMember('x'), testServerMember('y', { dc: 'dc2' }));
    await world.start('b');
    expect(await world.healthy()).toEqual(['a', 'b']);
    expect(world.calls.made).toEqual([{ address: 'b:8300', method: 'Status.RaftStats' }]);
  });

  test('is unknown to who leads no more', async () => {
    await world.start('b');
    await world.autopilot.stop();
    expect(await world.healthy()).toEqual([]);
    await world.platform.pass(60_000);
    expect(world.calls.made).toHaveLength(1);
    expect(world.platform.pending).toEqual([]);
  });

  test('an answer that comes after the end of a reign changes nothing', async () => {
    await world.start('b');
    let answer: (stats: unknown) => void = () => {};
    world.calls.serve(
      'b:8300',
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    world.platform.advance(2000);
    await settle();
    await world.autopilot.stop();
    answer({});
    await settle();
    expect(await world.healthy()).toEqual([]);
    expect(world.platform.pending).toEqual([]);
  });

  test('asked for right after an election it waits for the first look', async () => {
    let answer: (stats: unknown) => void = () => {};
    world.add('a');
    world.add('b');
    world.calls.serve(
      'b:8300',
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    await world.leader.rpc.start();
    world.cluster.elect(world.leader.consensus);
    await world.autopilot.start();
    const health = world.healthy();
    await settle();
    answer({});
    expect(await health).toEqual(['a']);
  });
});

describe('promotion', () => {
  test('a new server gets its vote when it has been well for ten seconds', async () => {
    await world.start('b', 'c');
    world.add('d', 'non-voter');
    await world.platform.pass(9_000);
    expect(world.voters).toEqual(['a', 'b', 'c']);
    await world.platform.pass(12_000);
    expect(world.voters).toEqual(['a', 'b', 'c', 'd']);
    expect(world.lines).toContain('Promoting server to voter');
  });

  test('one that comes and goes gets none', async () => {
    await world.start('b', 'c');
    world.add('d', 'non-voter');
    for (let round = 0; round < 10; round++) {
      await world.platform.pass(6000);
      world.calls.break('d:8300', 'gone');
      await world.platform.pass(2500);
      world.calls.heal('d:8300');
    }
    expect(world.voters).toEqual(['a', 'b', 'c']);
  });

  test('waits for another change of the configuration, without a word', async () => {
    await world.start('b', 'c');
    world.add('d', 'non-voter');
    world.leader.consensus.changeErrors.push(new MeshError('conflict', 'under way'));
    await world.platform.pass(11_000);
    expect(world.voters).toEqual(['a', 'b', 'c']);
    await world.platform.pass(2000);
    expect(world.voters).toEqual(['a', 'b', 'c', 'd']);
    expect(world.lines).not.toContain('Error promoting servers');
  });

  test('other failures are told, and tried again', async () => {
    await world.start('b', 'c');
    world.add('d', 'non-voter');
    world.leader.consensus.changeErrors.push(new MeshError('unavailable', 'the disk is full'));
    await world.platform.pass(40_000);
    expect(world.lines).toContain('Error promoting servers');
    expect(world.voters).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a server that was removed by hand', () => {
  const remove = () => {
    const { cluster } = world;
    cluster.servers = cluster.servers.filter(({ id }) => id !== idOf('c'));
  };

  test('is taken in again when it lives', async () => {
    await world.start('b', 'c');
    remove();
    await world.platform.pass(2000);
    expect(world.reconciled).toBe(0);
    await world.platform.pass(2000);
    expect(world.reconciled).toBe(1);
    world.cluster.servers = [
      ...world.cluster.servers,
      { id: idOf('c'), address: 'c:8300', suffrage: 'voter' },
    ];
    await world.platform.pass(20_000);
    expect(world.reconciled).toBe(1);
  });

  test('is not when it does not answer, though the pool takes it for alive', async () => {
    await world.start('b', 'c');
    world.calls.break('c:8300', 'gone');
    remove();
    await world.platform.pass(20_000);
    expect(world.reconciled).toBe(0);
  });
});

describe('clean-up', () => {
  test('a failed server is declared to have left', async () => {
    await world.start('b', 'c');
    world.fail('c');
    await world.platform.pass(12_000);
    expect(world.membership.forced).toEqual(['c']);
    expect(world.lines).toContain('Attempting removal of failed server node');
  });

  test('at once when a new server joins', async () => {
    await world.start('b', 'c');
    await world.platform.pass(10_500);
    world.fail('c');
    await world.platform.pass(1000);
    expect(world.membership.forced).toEqual([]);
    world.add('d', 'non-voter');
    await settle();
    await world.platform.pass(1);
    expect(world.membership.forced).toEqual(['c']);
  });

  test('a peer that nobody knows goes after a minute', async () => {
    await world.start('b', 'c');
    world.membership.drop('c');
    world.leader.consensus.answeredMs.delete(idOf('c'));
    await world.platform.pass(50_000);
    expect(world.voters).toEqual(['a', 'b', 'c']);
    await world.platform.pass(25_000);
    expect(world.voters).toEqual(['a', 'b']);
    expect(world.lines).toContain('Attempting removal of stale server');
    expect(world.membership.forced).toEqual([]);
  });

  test('too many stay, which is told once', async () => {
    await world.start('b', 'c');
    world.fail('b');
    world.fail('c');
    await world.platform.pass(60_000);
    expect(world.membership.forced).toEqual([]);
    const told = world.lines.filter((line) => line === 'Failed to remove dead servers');
    expect(told).toHaveLength(1);
  });

  test('a dead voter goes right after its replacement has its vote', async () => {
    await world.start('b');
    world.fail('b');
    world.add('c', 'non-voter');
    await world.platform.pass(21_000);
    expect(world.voters).toEqual(['a', 'b', 'c']);
    expect(world.membership.forced).toEqual(['b']);
  });

  test('nothing is done that was turned off', async () => {
    await world.start('b', 'c');
    const settings = settingsOf({ ...DEFAULT_LIMITS, cleanupDeadServers: false });
    await world.leader.rpc.writeAsLeader(autopilotSetConfiguration, { settings, cas: null });
    world.fail('c');
    await world.platform.pass(60_000);
    expect(world.membership.forced).toEqual([]);
  });
});
