import fc from 'fast-check';
import { allResources } from '../testing/all-resources.ts';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';

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
