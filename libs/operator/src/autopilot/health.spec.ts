import { SampledCluster, type SampledServer } from '../testing/sampled-cluster.ts';
import { membersById } from './health.ts';
import { healthReport } from './report.ts';

let cluster: SampledCluster;
beforeEach(() => {
  cluster = new SampledCluster();
});

describe('a server is healthy', () => {
  test.each<[string, SampledServer, boolean]>([
    ['alive, in contact, up to date', {}, true],
    ['at the threshold of contact', { contactMs: 200 }, true],
    ['beyond it', { contactMs: 200.1 }, false],
    ['never in contact', { contactMs: -1 }, false],
    ['as far behind as it may', { behind: 250 }, true],
    ['further behind', { behind: 251 }, false],
    ['ahead: the leader was looked at first', { behind: -10 }, true],
    ['with a last entry of an older term', { term: 4 }, false],
    ['with a last entry of a newer term', { term: 6 }, false],
    ['failed', { state: 'failed' }, false],
    ['leaving', { state: 'leaving' }, false],
    ['left', { state: 'left' }, false],
    ['unknown to the pool', { state: undefined }, false],
    ['silent', { stats: null }, false],
    ['without a vote', { isVoter: false }, true],
  ])('%s', (_name, server, isHealthy) => {
    const health = cluster.look({ a: {}, b: server });
    expect(health.servers.map((each) => each.isHealthy)).toEqual([true, isHealthy]);
    expect(health.isHealthy).toBe(isHealthy);
  });

  test('by the limits that are set', () => {
    cluster.limits = { ...cluster.limits, lastContactThresholdMs: 10, maxTrailingLogs: 5 };
    const { servers } = cluster.look({ a: {}, b: { contactMs: 9 }, c: {}, d: { behind: 6 } });
    expect(servers.map(({ isHealthy }) => isHealthy)).toEqual([true, true, false, false]);
  });
});

test.each([
  [1, 0, 0],
  [2, 0, 0],
  [3, 0, 1],
  [3, 1, 0],
  [4, 0, 1],
  [5, 0, 2],
  [5, 1, 1],
  [5, 3, 0],
  [7, 1, 2],
])('of %d voters, %d not healthy: %d more may fail', (voters, ill, tolerance) => {
  const servers = Array.from({ length: voters }, (_, at) => [
    String.fromCharCode(97 + at),
    at >= voters - ill ? { stats: null } : {},
  ]);
  const { failureTolerance } = cluster.look({
    ...Object.fromEntries(servers),
    x: { isVoter: false },
  });
  expect(failureTolerance).toBe(tolerance);
});

test('no servers are no healthy cluster', () => {
  expect(cluster.look({})).toMatchObject({ isHealthy: false, failureTolerance: 0 });
});

test('since when a server is what it is', () => {
  const since = () => cluster.health.servers.map(({ stableSinceMs }) => stableSinceMs);
  cluster.look({ a: {}, b: {} });
  expect(since()).toEqual([3000, 3000]);
  cluster.look();
  expect(since()).toEqual([3000, 3000]);
  cluster.look({ a: {}, b: { stats: null } });
  expect(since()).toEqual([3000, 7000]);
  cluster.look();
  expect(since()).toEqual([3000, 7000]);
  cluster.look({ a: {}, b: {}, c: {} });
  expect(since()).toEqual([3000, 11_000, 11_000]);
  // One that went and came back is new.
  cluster.look({ a: {}, c: {} });
  cluster.look({ a: {}, b: {}, c: {} });
  expect(since()).toEqual([3000, 15_000, 11_000]);
});

test('of two members with one id the alive one counts, and none that has left', () => {
  const member = (name: string, state: 'alive' | 'failed' | 'left') =>
    ({ id: 'x', name, state, version: '', raftVersion: 3, nonVoter: false }) as const;
  const [old, now, gone] = [
    member('old', 'failed'),
    member('new', 'alive'),
    member('gone', 'left'),
  ];
  expect(membersById([old, now, gone]).get('x')).toBe(now);
  expect(membersById([now, old]).get('x')).toBe(now);
  expect(membersById([gone, old]).get('x')).toBe(old);
  expect(membersById([gone]).size).toBe(0);
});

test('in the words of the API', () => {
  cluster.look({ a: {}, b: { contactMs: 1.5, behind: 3 }, c: { state: undefined, stats: null } });
  expect(healthReport(cluster.health)).toEqual({
    Healthy: false,
    FailureTolerance: 0,
    Servers: [
      {
        ID: 'a',
        Name: 'name-a',
        Address: 'a:8300',
        SerfStatus: 'alive',
        Version: '1.8.6',
        Leader: true,
        LastContact: '0s',
        LastTerm: 5,
        LastIndex: 1000,
        Healthy: true,
        Voter: true,
        StableSince: '2023-11-14T22:13:23Z',
      },
      expect.objectContaining({ ID: 'b', LastContact: '1.5ms', LastIndex: 997, Leader: false }),
      {
        ID: 'c',
        Name: '',
        Address: 'c:8300',
        SerfStatus: 'none',
        Version: '',
        Leader: false,
        LastContact: '-1ns',
        LastTerm: 0,
        LastIndex: 0,
        Healthy: false,
        Voter: true,
        StableSince: '2023-11-14T22:13:23Z',
      },
    ],
  });
});
