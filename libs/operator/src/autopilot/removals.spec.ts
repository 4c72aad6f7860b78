import fc from 'fast-check';
import { SampledCluster, type SampledServer } from '../testing/sampled-cluster.ts';
import { quorumOf } from './health.ts';
import { dueRemovals, type Removals } from './removals.ts';

let cluster: SampledCluster;
beforeEach(() => {
  cluster = new SampledCluster();
});

const FAILED: SampledServer = { state: 'failed', stats: null };
const STALE: SampledServer = { state: undefined, stats: null };

function removals(of = cluster): Removals {
  return dueRemovals(of.health, of.sample(), of.limits);
}

/** Names of what goes after the cluster has long been as it is. */
function due(servers: Readonly<Record<string, SampledServer>>): readonly string[] {
  cluster.look(servers);
  cluster.look(servers, 60_000);
  const { failed, stale } = removals();
  return [...failed, ...stale].map(({ id }) => id);
}

test.each<[string, Readonly<Record<string, SampledServer>>, readonly string[]]>([
  ['nobody is dead', { a: {}, b: {}, c: {} }, []],
  ['one of three', { a: {}, b: {}, c: FAILED }, ['c']],
  ['two of five', { a: {}, b: {}, c: {}, d: FAILED, e: STALE }, ['d', 'e']],
  ['two of three', { a: {}, b: FAILED, c: FAILED }, []],
  ['one of two', { a: {}, b: FAILED }, []],
  ['one of four', { a: {}, b: {}, c: {}, d: STALE }, ['d']],
  ['two of four', { a: {}, b: {}, c: FAILED, d: STALE }, []],
  ['ill, but not failed', { a: {}, b: { stats: null }, c: { contactMs: 9000 } }, []],
  ['leaving', { a: {}, b: {}, c: { state: 'leaving', stats: null } }, []],
  [
    'those without a vote go whoever else is dead',
    {
      ...{ a: {}, b: FAILED, c: FAILED },
      ...{ d: { ...FAILED, isVoter: false }, e: { ...STALE, isVoter: false } },
    },
    ['d', 'e'],
  ],
  ['dead voters are counted among voters', { a: {}, b: FAILED, c: { isVoter: false } }, []],
])('%s', (_name, servers, expected) => expect(due(servers)).toEqual(expected));

test('the minimum of voters remains', () => {
  cluster.limits = { ...cluster.limits, minQuorum: 3 };
  expect(due({ a: {}, b: {}, c: FAILED })).toEqual([]);
  expect(removals().refusal).toContain('the minimum of 3');
  expect(due({ a: {}, b: {}, c: {}, d: FAILED })).toEqual(['d']);
  expect(removals().refusal).toBeUndefined();
  expect(due({ a: {}, b: {}, c: {}, d: FAILED, e: FAILED })).toEqual(['d', 'e']);
});

test('that too many are dead is told', () => {
  due({ a: {}, b: FAILED, c: FAILED });
  expect(removals().refusal).toContain('2 of 3');
});

test('nothing goes where the clean-up is off', () => {
  cluster.limits = { ...cluster.limits, cleanupDeadServers: false };
  expect(due({ a: {}, b: {}, c: FAILED, d: { ...FAILED, isVoter: false } })).toEqual([]);
});

test.each([
  [0, 60_000],
  [10_000, 60_000],
  [90_000, 90_000],
])('who is no member is given time to start: %d', (serverStabilizationMs, graceMs) => {
  cluster.limits = { ...cluster.limits, serverStabilizationMs };
  cluster.look({ a: {}, b: {}, c: STALE });
  cluster.look(undefined, graceMs - 1);
  expect(removals().stale).toEqual([]);
  cluster.look(undefined, 1);
  expect(removals().stale).toMatchObject([{ id: 'c', address: 'c:8300' }]);
});

test.each([
  [FAILED, 4999, false],
  [FAILED, 5001, true],
  [FAILED, -1, true],
  [STALE, 4999, false],
  [STALE, 5001, true],
])('who answers the leader is not dead: %j %d ms ago', (server, answeredMs, isDue) => {
  expect(due({ a: {}, b: {}, c: { ...server, answeredMs } })).toEqual(isDue ? ['c'] : []);
});

test('a failed member that lives on under another name stays', () => {
  cluster.look({ a: {}, b: {}, c: {} });
  const sample = cluster.sample();
  const old = { ...sample.members[2]!, name: 'old', state: 'failed' as const };
  const answeredMs = new Map<string, number>();
  const two = { ...sample, members: [old, ...sample.members], answeredMs };
  expect(dueRemovals(cluster.health, two, cluster.limits)).toEqual({ failed: [], stale: [] });
});

test('never the leader, never the majority, never what is alive', () => {
  const server = fc.record({
    isVoter: fc.boolean(),
    state: fc.constantFrom('alive', 'alive', 'failed', 'leaving', 'left', undefined),
    answeredMs: fc.constantFrom(-1, 0, 100, 4000, 6000, 90_000),
  });
  const world = fc.record({
    leader: server,
    others: fc.array(server, { maxLength: 8 }),
    minQuorum: fc.integer({ min: 0, max: 6 }),
    afterMs: fc.constantFrom(0, 5000, 10_000, 60_000),
  });
  fc.assert(
    fc.property(world, ({ leader, others, minQuorum, afterMs }) => {
      const random = new SampledCluster();
      random.limits = { ...random.limits, minQuorum };
      const ids = others.map((other, at) => [String.fromCharCode(98 + at), other] as const);
      const servers: Readonly<Record<string, SampledServer>> = {
        a: { ...leader, isVoter: true },
        ...Object.fromEntries(ids),
      };
      random.look(servers);
      random.look(servers, afterMs);
      const { failed, stale } = removals(random);
      const gone = new Set([...failed, ...stale].map(({ id }) => id));
      expect(gone.has('a')).toBe(false);
      const voters = Object.keys(servers).filter((id) => servers[id]!.isVoter);
      const rest = voters.filter((id) => !gone.has(id));
      if (rest.length < voters.length) {
        expect(rest.length).toBeGreaterThanOrEqual(quorumOf(voters.length));
        expect(rest.length).toBeGreaterThanOrEqual(minQuorum);
      }
      for (const id of gone) expect(servers[id]!.state).not.toBe('alive');
      expect(gone.size).toBe(failed.length + stale.length);
    }),
    { numRuns: 2000 },
  );
});
