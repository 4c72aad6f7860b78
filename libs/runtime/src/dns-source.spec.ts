import { MeshError } from '@mesh/base';
import { catalogHttpRoutes, catalogResource } from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { healthResource } from '@mesh/health';
import type { CallEndpoint, ReadEndpoint, ReadOptions, ReadReply, Rpc } from '@mesh/resource';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { rpcDnsSource } from './dns-source.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };
const freshness = { isFresh: () => true, onStale: () => () => {} };

/** Passes reads on, remembers their options, and answers as late as `lastContactMs` says. */
class WatchedRpc implements Rpc {
  readonly reads: { readonly method: string; readonly options: ReadOptions }[] = [];
  lastContactMs = 0;
  readonly direct = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: () => true }),
    healthResource(),
  ]);

  async read<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    options: ReadOptions,
  ): Promise<ReadReply<R>> {
    this.reads.push({ method: endpoint.method, options });
    if (options.datacenter === 'dc2') throw new MeshError('no-servers', 'dc2 is asked');
    const reply = await this.direct.read(endpoint, args, options);
    const isStale = options.consistency === 'stale';
    return {
      ...reply,
      lastContactMs: isStale ? this.lastContactMs : 0,
      ...(options.track && { freshness }),
    };
  }

  /** Of the calls there is the list of datacenters alone. */
  async call<A, R>({ method }: CallEndpoint<A, R>): Promise<R> {
    expect(method).toBe('Catalog.ListDatacenters');
    return ['dc1', 'dc2'] as R;
  }
  write = this.direct.write.bind(this.direct);
}

const settings = { datacenter: 'dc1', nodeName: 'n1', allowStale: true, maxStaleMs: 5000 };

async function world(changes: Partial<typeof settings> = {}) {
  const rpc = new WatchedRpc();
  const routes = catalogHttpRoutes({ rpc, nodeName: 'n1' });
  const register = (body: object) => callRoute(routes, 'PUT', '/v1/catalog/register', body);
  await register({
    Node: 'N1',
    Address: '10.0.0.1',
    Service: { Service: 'Web', Tags: ['Rails'], Port: 80, Address: '10.1.1.1' },
    Check: { CheckID: 'c', Status: 'critical' },
  });
  await register({
    Node: 'n2',
    Address: '10.0.0.2',
    Service: {
      Kind: 'connect-proxy',
      Service: 'web-proxy',
      Port: 20_000,
      Proxy: { DestinationServiceName: 'web' },
    },
  });
  rpc.reads.length = 0;
  return { rpc, source: rpcDnsSource(rpc, { ...settings, ...changes }) };
}

const lookup = { datacenter: 'dc1', service: 'web', tag: '', kind: 'plain' } as const;

test('nodes by name, with word of when the answer changes', async () => {
  const { source } = await world();
  const found = await source.node('dc1', 'n1');
  expect(found.value).toMatchObject({ Node: 'N1', Address: '10.0.0.1', Datacenter: 'dc1' });
  expect(found.freshness).toBe(freshness);
  expect((await source.node('dc1', 'nope')).value).toBeNull();
});

test('instances of whatever health: DNS decides itself', async () => {
  const { source } = await world();
  const nodesOf = async (changes: object) => {
    const { value } = await source.instances({ ...lookup, ...changes });
    return value.map(({ Node, Checks }) => `${Node.Node} ${Checks.map((c) => c.Status)}`);
  };
  expect(await nodesOf({})).toEqual(['N1 critical']);
  expect(await nodesOf({ tag: 'rails' })).toEqual(['N1 critical']);
  expect(await nodesOf({ tag: 'nope' })).toEqual([]);
  expect(await nodesOf({ kind: 'connect' })).toEqual(['n2 ']);
  expect(await nodesOf({ kind: 'ingress' })).toEqual([]);
});

test('owners of an address', async () => {
  const { source } = await world();
  expect((await source.addressOwners('dc1', '10.0.0.1')).value.nodes).toHaveLength(1);
  expect((await source.addressOwners('dc1', '10.1.1.1')).value.services).toMatchObject([
    { ServiceName: 'Web', ServiceAddress: '10.1.1.1', Datacenter: 'dc1' },
  ]);
});

test('in an unknown datacenter there is nothing; one that is known is asked', async () => {
  const { rpc, source } = await world();
  expect(await source.node('dc9', 'n1')).toEqual({ value: null });
  expect(await source.instances({ ...lookup, datacenter: 'dc9' })).toEqual({ value: [] });
  expect(rpc.reads.every(({ options }) => options.datacenter === '')).toBe(true);
  await expect(source.node('dc2', 'n1')).rejects.toThrow('dc2 is asked');
});

test('any server may answer, unless its answer is too old', async () => {
  const { rpc, source } = await world();
  await source.node('dc1', 'n1');
  rpc.lastContactMs = 5001;
  await source.node('dc1', 'n1');
  const modes = rpc.reads.map(({ options }) => options.consistency);
  expect(modes).toEqual(['stale', 'stale', 'default']);
  expect(rpc.reads.every(({ options }) => options.track)).toBe(true);
});

test('with allow_stale off the leader answers', async () => {
  const { rpc, source } = await world({ allowStale: false });
  await source.instances(lookup);
  expect(rpc.reads.map(({ options }) => options.consistency)).toEqual(['default']);
});
