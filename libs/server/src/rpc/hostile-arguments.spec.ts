import fc from 'fast-check';
import { allResources } from '../testing/all-resources.ts';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { WRITE_ARGUMENTS } from './write-arguments.ts';

const calls = new MemoryCalls();
const cluster = new FakeCluster();
const resources = allResources();
const server = new FakeServer(
  { id: 'one', address: 'one:8300' },
  cluster,
  calls,
  new ManualPlatform(),
  resources,
);
beforeAll(async () => {
  await server.rpc.start();
  cluster.elect(server.consensus);
});
const settings = { timeoutMs: 1000 };
const endpoints = resources.flatMap(({ endpoints }) => endpoints);

/** Names that arguments have, so that garbage gets past the first look. */
const NAMES = [
  ...['key', 'value', 'flags', 'op', 'index', 'session', 'prefix', 'separator', 'id', 'node'],
  ...['service', 'filter', 'nodeMeta', 'operations', 'kind', 'verb', 'tags', 'name', 'ttl'],
  ...['Node', 'Address', 'ID', 'Service', 'Checks', 'Check', 'CheckID', 'Coord', 'Segment'],
  ...['Name', 'Template', 'DNS', 'Session', 'Failover', 'idOrName', 'from', 'nodes', 'state'],
  ...['behavior', 'lockDelayNs', 'nodeChecks', 'serviceChecks', '__proto__', 'toString'],
];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, 0, -1, 1.5, Number.NaN, '', 'set', 'cas', 'kv'),
  fc.constantFrom<unknown>('lock', 'delete-tree', 'node', 'check', 'service', 'a', 2n ** 64n - 1n),
  fc.string(),
  fc.uint8Array({ maxLength: 4 }),
);
const { tree: garbage } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('tree'), { maxKeys: 8 }),
  ),
}));

test.each(endpoints.map((endpoint) => [endpoint.method]))('%s', async (method) => {
  await fc.assert(
    fc.asyncProperty(garbage, fc.boolean(), async (args, forwarded) => {
      const body = { args, datacenter: '', token: '', forwarded };
      const answer = (await calls.call('one:8300', method, body, settings)) as object;
      if ('code' in answer) expect(answer).not.toMatchObject({ code: 'internal' });
      else expect(answer).toHaveProperty('ok');
    }),
    { numRuns: 300 },
  );
});

test('every write that others may send has its arguments checked', () => {
  const writes = endpoints.filter(({ kind }) => kind === 'write').map(({ method }) => method);
  expect(Object.keys(WRITE_ARGUMENTS)).toEqual(expect.arrayContaining(writes));
});

test('what is almost right is refused, and nothing of it is written', async () => {
  const key = { op: 'set', key: 'a', value: new Uint8Array([1]), flags: 0 };
  const query = {
    ...{ ID: '', Name: 'q', Session: '', Token: '', DNS: { TTL: '' } },
    Template: { Type: '', Regexp: '', RemoveEmptyTags: false },
    Service: {
      ...{ Service: 'web', OnlyPassing: false, IgnoreCheckIDs: null, Near: '', Connect: false },
      ...{ Failover: { NearestN: 0, Datacenters: null }, NodeMeta: null, ServiceMeta: null },
      Tags: [7],
    },
  };
  const { length } = cluster.log;
  for (const [method, args] of [
    ['KVS.Apply', { ...key, key: 7 }],
    ['KVS.Apply', { ...key, value: 'text' }],
    ['KVS.Apply', { ...key, flags: -1 }],
    ['KVS.Apply', { ...key, flags: 2n ** 64n - 1n, op: 'toString' }],
    ['KVS.Apply', { ...key, op: 'cas', index: Number.NaN }],
    ['Txn.Apply', { operations: [{ ...key, kind: 'kv', verb: 'set', index: 0, session: 0 }] }],
    ['PreparedQuery.Create', query],
    ['Session.Destroy', { id: null }],
  ] as const) {
    const body = { args, datacenter: '', token: '', forwarded: true };
    const answer = await calls.call('one:8300', method, body, settings);
    expect(answer).toMatchObject({ code: 'invalid-argument' });
  }
  expect(cluster.log).toHaveLength(length);
  const body = { args: key, datacenter: '', token: '', forwarded: true };
  expect(await calls.call('one:8300', 'KVS.Apply', body, settings)).toEqual({ ok: true });
});
