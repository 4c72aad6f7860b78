import { MeshError } from '@mesh/base';
import { catalogHttpRoutes } from '@mesh/catalog';
import { configEntryHttpRoutes } from '@mesh/config-entry';
import { coordinateBatchUpdate, coordinateHttpRoutes, coordinateUpdate } from '@mesh/coordinate';
import { healthHttpRoutes } from '@mesh/health';
import { intentionHttpRoutes } from '@mesh/intentions';
import { kvHttpRoutes } from '@mesh/kv';
import { operatorHttpRoutes } from '@mesh/operator';
import { queryHttpRoutes } from '@mesh/prepared-query';
import { PLAIN_READ, PLAIN_WRITE, type Reply, type Rpc } from '@mesh/resource';
import { sessionHttpRoutes } from '@mesh/session';
import { callRoute } from '@mesh/testkit';
import { txnHttpRoutes } from '@mesh/txn';
import fc from 'fast-check';
import { allResources, testSessionCreate } from '../testing/all-resources.ts';
import { FakeCluster } from '../testing/fake-consensus.ts';
import { FakeServer } from '../testing/fake-server.ts';
import { type Request, sessionId, write } from '../testing/histories.ts';
import { ManualPlatform, settle } from '../testing/manual-platform.ts';
import { MemoryCalls } from '../testing/memory-calls.ts';
import { getRow, putRow, whoIs } from '../testing/rows.ts';
import { RemoteRpc } from './remote-rpc.ts';

const LIMITS = { holdTimeoutMs: 7000, defaultQueryTimeMs: 300_000 };

function routesOver(rpc: Rpc) {
  return [
    ...catalogHttpRoutes({ rpc, nodeName: 'n1' }),
    ...healthHttpRoutes({ rpc, nodeName: 'n1' }),
    ...kvHttpRoutes({ rpc }),
    ...sessionHttpRoutes({ rpc, nodeName: 'n1', create: testSessionCreate }),
    ...txnHttpRoutes({ rpc, kvMaxValueBytes: 1024 }),
    ...queryHttpRoutes({ rpc, nodeName: 'n1' }),
    ...operatorHttpRoutes({ rpc }),
    ...intentionHttpRoutes({ rpc }),
    ...configEntryHttpRoutes({ rpc }),
    ...coordinateHttpRoutes({ rpc, update: coordinateUpdate(() => {}) }),
  ];
}

/** A leader on its own, asked from within or from outside. */
async function world(isRemote: boolean) {
  const calls = new MemoryCalls();
  const cluster = new FakeCluster();
  const platform = new ManualPlatform();
  // Ids as the histories know them.
  let ids = 0;
  platform.random.uuid = () => sessionId(ids++);
  const one = { id: 'one', address: 'one:8300' };
  const server = new FakeServer(one, cluster, calls, platform, allResources());
  await server.rpc.start();
  cluster.elect(server.consensus);
  const servers = { pick: () => 'one:8300', failed: () => {} };
  const rpc = isRemote ? new RemoteRpc({ calls, servers, ...LIMITS }) : server.rpc;
  const routes = routesOver(rpc);
  const ask = async (...[method, path, body]: Request) => {
    try {
      return plain(await callRoute(routes, method, path, body));
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(MeshError);
      return `${(thrown as MeshError).code}: ${(thrown as MeshError).message}`;
    }
  };
  return { ask, rpc };
}

/** A reply as the HTTP server would see it; refuses what it could not encode. */
function plain(reply: Reply): unknown {
  const { meta, ...rest } = reply;
  const index = meta && [meta.index, meta.knownLeader, meta.lastContactMs];
  return [index, encodable(rest)];
}

function encodable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'bigint') return `big ${value}`;
  if (Array.isArray(value)) return value.map(encodable);
  if (typeof value !== 'object' || value === null) return value;
  expect([Object.prototype, null]).toContain(Object.getPrototypeOf(value));
  const present = Object.entries(value).filter(([, element]) => element !== undefined);
  return present.map(([key, element]) => [key, encodable(element)]);
}

const READS = [
  ...['catalog/datacenters', 'catalog/nodes', 'catalog/services', 'catalog/service/web'],
  ...['catalog/node/n1', 'catalog/node/none', 'catalog/node-services/n1', 'catalog/nodes?near=n2'],
  ...['catalog/gateway-services/g', 'catalog/nodes?filter=Meta.k==v', 'catalog/connect/web'],
  ...['health/node/n1', 'health/checks/web', 'health/state/any', 'health/service/web?passing'],
  ...['kv/a', 'kv/none', 'kv/a?recurse', 'kv/?keys&separator=/', 'kv/a?raw'],
  ...['session/list', 'session/node/n1', `session/info/${sessionId(0)}`, 'session/info/x'],
  ...['query', `query/${sessionId(3)}`, 'query/q/execute', 'query/q/explain'],
  ...['coordinate/nodes', 'coordinate/node/n1', 'coordinate/node/none'],
].map((path): Request => ['GET', `/v1/${path}`]);

test('a remote server gives the same answers as one in the process', async () => {
  const requests = fc.array(fc.oneof(write, fc.constantFrom(...READS)), {
    minLength: 10,
    maxLength: 40,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(requests, async (history) => {
      const [near, far] = [await world(false), await world(true)];
      const first: Request[] = ['n1', 'n2'].map((Node) => [
        ...(['PUT', '/v1/catalog/register'] as const),
        { Node, Address: '::1', Check: { CheckID: 'serfHealth', Status: 'passing' } },
      ]);
      for (const request of [...first, ...history, ...READS]) {
        expect(await far.ask(...request)).toEqual(await near.ask(...request));
      }
    }),
    { numRuns: 60 },
  );
});

test('bytes and 64-bit numbers cross the wire', async () => {
  const { ask } = await world(true);
  await ask('PUT', '/v1/kv/a?flags=18446744073709551615', '\u00ff');
  const answer = JSON.stringify(await ask('GET', '/v1/kv/a'));
  expect(answer).toContain('big 18446744073709551615');
  expect(answer).toContain(`bytes ${Buffer.from('\u00ff').toString('hex')}`);
});

test('a batch of coordinates, and what has no answer', async () => {
  const { rpc } = await world(true);
  expect(await rpc.write(coordinateBatchUpdate, [], PLAIN_WRITE)).toBeNull();
});

describe('with several servers', () => {
  let platform: ManualPlatform;
  let calls: MemoryCalls;
  let cluster: FakeCluster;
  let servers: FakeServer[];
  let failed: string[];
  let rpc: RemoteRpc;
  let addresses: string[];

  beforeEach(async () => {
    platform = new ManualPlatform();
    calls = new MemoryCalls();
    cluster = new FakeCluster();
    servers = ['one', 'two'].map(
      (id) => new FakeServer({ id, address: `${id}:8300` }, cluster, calls, platform),
    );
    for (const server of servers) await server.rpc.start();
    cluster.elect(servers[0]!.consensus);
    addresses = ['two:8300', 'one:8300'];
    failed = [];
    rpc = new RemoteRpc({
      calls,
      servers: {
        pick: () => addresses.find((address) => !failed.includes(address)),
        failed: (address) => failed.push(address),
      },
      ...LIMITS,
    });
  });

  it('a follower that is asked to write forwards it once', async () => {
    const index = await rpc.write(putRow, { id: 'a', value: 1 }, PLAIN_WRITE);
    const reply = await rpc.read(getRow, 'a', PLAIN_READ);
    expect(reply).toEqual({
      value: { id: 'a', value: 1 },
      index,
      knownLeader: true,
      lastContactMs: 0,
    });
    expect(calls.made.map(({ address }) => address)).toEqual(['two:8300', 'one:8300', 'two:8300']);
    const options = { datacenter: '', token: '' };
    expect(await rpc.call(whoIs, 'x', { ...options, server: 'any' })).toBe('two was asked x');
    expect(await rpc.call(whoIs, 'x', { ...options, server: 'leader' })).toBe('one was asked x');
  });

  it('blocking reads park at the server', async () => {
    const { index } = await rpc.read(getRow, 'a', PLAIN_READ);
    const blocked = rpc.read(getRow, 'a', { ...PLAIN_READ, minIndex: index });
    await settle();
    expect(servers[1]!.queries.parkedCount).toBe(1);
    await rpc.write(putRow, { id: 'a', value: 2 }, PLAIN_WRITE);
    servers[1]!.consensus.catchUp();
    expect((await blocked).value).toEqual({ id: 'a', value: 2 });
    const abort = new AbortController();
    const given = { ...PLAIN_READ, minIndex: 99, signal: abort.signal };
    const gone = expect(rpc.read(getRow, 'a', given)).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    abort.abort();
    await gone;
    await settle();
    expect(servers[1]!.queries.parkedCount).toBe(0);
  });

  it('a server that is gone is passed over', async () => {
    calls.break('two:8300', 'gone');
    await rpc.write(putRow, { id: 'a', value: 1 }, PLAIN_WRITE);
    expect(failed).toEqual(['two:8300']);
    calls.break('one:8300', 'gone');
    const lost = rpc.read(getRow, 'a', PLAIN_READ);
    await expect(lost).rejects.toMatchObject({ code: 'no-servers' });
    addresses = [];
    const none = rpc.read(getRow, 'a', PLAIN_READ);
    await expect(none).rejects.toThrow('No known Consul servers');
  });

  it('a write that was lost on the way is not sent again, a read is', async () => {
    const { call } = calls;
    calls.call = (address, ...rest) =>
      address === 'two:8300'
        ? Promise.reject(new MeshError('unknown-outcome', 'the connection broke'))
        : call.call(calls, address, ...rest);
    await rpc.read(getRow, 'a', PLAIN_READ);
    failed = [];
    const lost = rpc.write(putRow, { id: 'a', value: 1 }, PLAIN_WRITE);
    await expect(lost).rejects.toMatchObject({ code: 'unknown-outcome' });
    expect(failed).toEqual(['two:8300']);
  });

  it.each([
    [undefined],
    [null],
    [7],
    [{ args: 'a', datacenter: 7 }],
    [{ args: 'a', consistency: 'never' }],
    [{ args: 'a', minIndex: -1 }],
    [{ args: 'a', maxWaitMs: 'x' }],
    [{ args: 'a', forwarded: 'yes' }],
    [{ args: 'a', server: 'best' }],
  ])('a call that makes no sense is refused: %j', async (body) => {
    const answer = calls.call('one:8300', 'Row.Get', body, { timeoutMs: 1000 });
    await expect(answer).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('an unknown method is refused', async () => {
    const answer = calls.call('one:8300', 'Row.Nothing', {}, { timeoutMs: 1000 });
    await expect(answer).rejects.toMatchObject({ code: 'not-found' });
    expect(await calls.call('one:8300', 'Status.Ping', {}, { timeoutMs: 1000 })).toBe('pong');
  });
});
