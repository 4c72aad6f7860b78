import { MeshError, silentLogger } from '@mesh/base';
import type { ConfigurationChange, ConsensusStatus, ServerInfo } from '@mesh/raft';
import { PLAIN_WRITE } from '@mesh/resource';
import { callRoute, DirectRpc, expectRecorded, readExchanges } from '@mesh/testkit';
import type { ClusterHealth } from './autopilot/health.ts';
import type { OperatorMember } from './autopilot/types.ts';
import { autopilotSetConfiguration, raftRemovePeer } from './endpoint.ts';
import { operatorHttpRoutes } from './http.ts';
import { operatorResource } from './resource.ts';
import { DEFAULT_LIMITS, settingsOf } from './settings.ts';
import { SampledCluster } from './testing/sampled-cluster.ts';

const LEADER = '1c20734d-f5eb-20b2-dbc1-6489cb8ec40a';

/** A leader with its operator resource, and the routes in front of it. */
class World {
  servers: ServerInfo[] = [
    { id: LEADER, address: '127.0.0.1:8300', suffrage: 'voter' },
    { id: 'b', address: '127.0.0.2:8300', suffrage: 'non-voter' },
  ];
  members: OperatorMember[] = [
    {
      ...{ id: LEADER, name: 'vm', version: '1.8.6', raftVersion: 3 },
      ...{ state: 'alive', nonVoter: false },
    },
  ];
  health: ClusterHealth = new SampledCluster().look({ a: {}, b: {}, c: {} });
  changes: ConfigurationChange[] = [];
  changeError: MeshError | undefined;
  readonly warnings: unknown[] = [];
  readonly rpc = new DirectRpc([
    operatorResource({
      consensus: () => ({
        status: () =>
          ({
            servers: this.servers,
            leaderId: LEADER,
            configurationIndex: 7,
          }) as unknown as ConsensusStatus,
        changeConfiguration: async (change) => {
          if (this.changeError) throw this.changeError;
          this.changes.push(change);
        },
      }),
      members: () => this.members,
      health: async () => this.health,
      logger: { ...silentLogger, warn: (message, fields) => this.warnings.push([message, fields]) },
    }),
  ]);
  readonly routes = operatorHttpRoutes({ rpc: this.rpc });

  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await callRoute(this.routes, method, `/v1/operator${path}`, body);
    return reply.kind === 'json' ? reply.value : undefined;
  }

  /** As a first leader does. */
  async initialize(): Promise<void> {
    const settings = settingsOf(DEFAULT_LIMITS);
    await this.rpc.write(autopilotSetConfiguration, { settings, cas: 0 }, PLAIN_WRITE);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('recorded exchanges', () => {
  const recorded = new World();
  beforeAll(() => recorded.initialize());

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => [each.name, each]),
  )('%s', (_name, exchange) => expectRecorded(recorded.routes, exchange as never));
});

describe('the raft configuration', () => {
  test('names the servers as the pool does', async () => {
    expect(await world.ask('GET', '/raft/configuration')).toEqual({
      Servers: [
        {
          ID: LEADER,
          Node: 'vm',
          Address: '127.0.0.1:8300',
          Leader: true,
          ProtocolVersion: '3',
          Voter: true,
        },
        {
          ID: 'b',
          Node: '(unknown)',
          Address: '127.0.0.2:8300',
          Leader: false,
          ProtocolVersion: 'unknown',
          Voter: false,
        },
      ],
      Index: 7,
    });
  });

  test.each([
    ['', 'leader'],
    ['?stale', 'any'],
  ])('with "%s" it is asked of: %s', async (query, server) => {
    await world.ask('GET', `/raft/configuration${query}`);
    expect(world.rpc.lastOptions).toMatchObject({ server, datacenter: '' });
    await world.ask('GET', '/raft/configuration?dc=dc2');
    expect(world.rpc.lastOptions).toMatchObject({ datacenter: 'dc2' });
  });
});

describe('removing a peer', () => {
  test.each([
    ['id=b', { id: 'b' }],
    ['address=127.0.0.2:8300', { address: '127.0.0.2:8300' }],
    ['id=b&address=', { id: 'b' }],
  ])('by %s', async (query, name) => {
    const reply = await callRoute(world.routes, 'DELETE', `/v1/operator/raft/peer?${query}`);
    expect(reply).toMatchObject({ kind: 'empty', status: 200 });
    expect(world.changes).toEqual([{ kind: 'remove', id: 'b' }]);
    expect(world.warnings).toEqual([['removed Raft peer', name]]);
    expect(world.rpc.lastOptions).toMatchObject({ server: 'leader' });
  });

  test.each([
    ['', 'Must specify either ?id'],
    ['id=', 'Must specify either ?id'],
    ['id=b&address=127.0.0.2:8300', 'Must specify only one'],
    ['id=B', 'id "B" was not found in the Raft configuration'],
    ['address=b', 'address "b" was not found in the Raft configuration'],
  ])('refused: "%s"', async (query, message) => {
    await expect(world.ask('DELETE', `/raft/peer?${query}`)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });
    expect(world.changes).toEqual([]);
  });

  test('what consensus refuses comes back, and nothing is logged', async () => {
    world.changeError = new MeshError('conflict', 'another change is under way');
    await expect(world.ask('DELETE', '/raft/peer?id=b')).rejects.toBe(world.changeError);
    expect(world.warnings).toEqual([]);
  });

  test.each([null, undefined, {}, { id: 7 }, { id: '' }, { id: 'b', address: 'c' }, [], 'b'])(
    'arguments %j off the wire are refused',
    async (args) => {
      const options = { datacenter: '', token: '', server: 'leader' } as const;
      const call = world.rpc.call(raftRemovePeer, args as never, options);
      await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
    },
  );
});

describe("autopilot's configuration", () => {
  const PATH = '/autopilot/configuration';

  test('is not there before a leader has written it', async () => {
    await expect(world.ask('GET', PATH)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'autopilot config not initialized yet',
    });
    expect(await world.ask('PUT', `${PATH}?cas=3`, {})).toBe(false);
    expect(await world.ask('PUT', `${PATH}?cas=0`, {})).toBe(true);
    expect(await world.ask('PUT', `${PATH}?cas=0`, {})).toBe(false);
  });

  test('is replaced as a whole, by compare and set where asked for', async () => {
    await world.initialize();
    const first = (await world.ask('GET', PATH)) as Record<string, number>;
    expect(first).toMatchObject({ CleanupDeadServers: true, CreateIndex: 2, ModifyIndex: 2 });
    expect(await world.ask('PUT', PATH, { MinQuorum: 3 })).toBe(true);
    expect(await world.ask('GET', PATH)).toEqual({
      CleanupDeadServers: false,
      LastContactThreshold: '0s',
      MaxTrailingLogs: 0,
      MinQuorum: 3,
      ServerStabilizationTime: '0s',
      RedundancyZoneTag: '',
      DisableUpgradeMigration: false,
      UpgradeVersionTag: '',
      CreateIndex: 2,
      ModifyIndex: 3,
    });
    expect(await world.ask('PUT', `${PATH}?cas=2`, { MinQuorum: 4 })).toBe(false);
    expect(await world.ask('PUT', `${PATH}?cas=18446744073709551615`, {})).toBe(false);
    expect(await world.ask('GET', PATH)).toMatchObject({ MinQuorum: 3 });
    expect(await world.ask('PUT', `${PATH}?cas=3`, { MinQuorum: 4 })).toBe(true);
    expect(await world.ask('GET', PATH)).toMatchObject({ MinQuorum: 4, ModifyIndex: 6 });
  });

  test.each(['', '-1', '1.5', '0x1', '1e3', '18446744073709551616', ' 1'])(
    '?cas=%s is refused',
    async (cas) => {
      const path = `${PATH}?cas=${encodeURIComponent(cas)}`;
      await expect(world.ask('PUT', path, {})).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('Error parsing cas value'),
      });
      expect(world.rpc.applied).toEqual([]);
    },
  );
});

describe('health', () => {
  const PATH = '/v1/operator/autopilot/health';

  test('of a healthy cluster', async () => {
    expect(await callRoute(world.routes, 'GET', PATH)).toMatchObject({
      status: 200,
      value: { Healthy: true, FailureTolerance: 1, Servers: [{ ID: 'a', Name: 'name-a' }, {}, {}] },
    });
    expect(world.rpc.lastOptions).toMatchObject({ server: 'leader' });
  });

  test('of one that is not has the status 429 and the same body', async () => {
    world.health = new SampledCluster().look({ a: {}, b: { stats: null }, c: {} });
    expect(await callRoute(world.routes, 'GET', PATH)).toMatchObject({
      status: 429,
      value: { Healthy: false, FailureTolerance: 0, Servers: [{}, { Healthy: false }, {}] },
    });
  });
});
