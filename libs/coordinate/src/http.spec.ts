import { MeshError } from '@mesh/base';
import { PLAIN_WRITE } from '@mesh/resource';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { originCoordinate } from './distance.ts';
import { coordinateBatchUpdate, coordinateDatacenters, coordinateUpdate } from './endpoint.ts';
import { coordinateHttpRoutes } from './http.ts';
import { coordinateResource } from './resource.ts';
import { coordinates, deleteCoordinates } from './table.ts';
import type { NodeCoordinate } from './types.ts';

const known = {
  Datacenter: 'dc1',
  AreaID: 'wan',
  Coordinates: [{ Node: 'vm', Segment: '', Coord: originCoordinate() }],
};

function world() {
  const accepted: NodeCoordinate[] = [];
  const update = coordinateUpdate((one) => accepted.push(one));
  const rpc = new DirectRpc([
    coordinateResource({ nodeExists: (_view, node) => node !== 'nope', update }),
    {
      ...{ name: 'area', tables: [], commands: [], endpoints: [] },
      calls: [{ endpoint: coordinateDatacenters, run: () => [known] }],
    },
  ]);
  const routes = coordinateHttpRoutes({ rpc, update });
  const store = (updates: readonly NodeCoordinate[]) =>
    rpc.write(coordinateBatchUpdate, updates, PLAIN_WRITE);
  return { rpc, routes, accepted, store };
}

const Coord = { Vec: [1, 2, 3, 4, 5, 6, 7, 8], Error: 0.5, Adjustment: 0.1, Height: 0.01 };
const ext1 = { Node: 'ext1', Segment: '', Coord };

test('an update is answered at once with an empty body and handed to the batcher', async () => {
  const { routes, accepted, rpc } = world();
  const body = { Node: 'ext1', Coord };
  const reply = await callRoute(routes, 'PUT', '/v1/coordinate/update', body);
  expect(reply).toEqual({ kind: 'empty', status: 200 });
  expect(accepted).toEqual([ext1]);
  expect(rpc.applied).toEqual([]);
});

test.each<[string, unknown]>([
  ['too few dimensions', { Node: 'ext1', Coord: { Vec: [1] } }],
  ['no dimensions', { Node: 'ext1', Coord: {} }],
  ['no node', { Coord }],
  ['no coordinate', { Node: 'ext1' }],
  ['an infinite value', `{"Node":"ext1","Coord":{"Vec":[1e999,0,0,0,0,0,0,0]}}`],
  ['a text for a number', { Node: 'ext1', Coord: { ...Coord, Error: '1' } }],
  ['no JSON', '{'],
  ['nothing', ''],
])('%s is refused', async (_name, body) => {
  const { routes, accepted } = world();
  const call = callRoute(routes, 'PUT', '/v1/coordinate/update', body);
  await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(call).rejects.toBeInstanceOf(MeshError);
  expect(accepted).toEqual([]);
});

test('a batch is stored for nodes that exist; an equal one changes nothing', async () => {
  const { rpc, routes, store } = world();
  await store([ext1, { ...ext1, Node: 'nope' }]);
  const reply = await callRoute(routes, 'GET', '/v1/coordinate/nodes');
  expect(reply).toMatchObject({ status: 200, value: [ext1], meta: { index: 2 } });
  expect(reply.headers).toBeUndefined();
  await store([ext1]);
  const again = await callRoute(routes, 'GET', '/v1/coordinate/nodes');
  expect(again.meta?.index).toBe(2);
  await store([{ ...ext1, Coord: { ...Coord, Error: 0.4 } }]);
  expect(rpc.store.view().get(coordinates, 'ext1\u0000')?.Coord.Error).toBe(0.4);
});

test('a node by any case and segment; 404 without a body for one without coordinates', async () => {
  const { routes, store } = world();
  await store([ext1, { ...ext1, Segment: 'alpha' }]);
  const count = async (path: string) => {
    const reply = await callRoute(routes, 'GET', path);
    return reply.kind === 'json' ? (reply.value as unknown[]).length : reply;
  };
  expect(await count('/v1/coordinate/node/EXT1')).toBe(2);
  expect(await count('/v1/coordinate/node/ext1?segment=alpha')).toBe(1);
  expect(await count('/v1/coordinate/nodes?segment=')).toBe(1);
  expect(await count('/v1/coordinate/node/ext')).toEqual({ kind: 'empty', status: 404 });
  await expect(count('/v1/coordinate/node/')).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('datacenters are what the agent knows of the wide-area pool', async () => {
  const { routes } = world();
  const reply = await callRoute(routes, 'GET', '/v1/coordinate/datacenters');
  expect(reply).toMatchObject({ value: [{ Datacenter: 'dc1', AreaID: 'wan' }] });
  expect(reply.meta).toBeUndefined();
});

test('the coordinates of a node can be forgotten, those of a similar name stay', async () => {
  const { rpc, store } = world();
  await store([ext1, { ...ext1, Segment: 'alpha' }, { ...ext1, Node: 'ext10' }]);
  const txn = rpc.store.write(3);
  deleteCoordinates(txn, 'EXT1');
  txn.commit();
  expect([...rpc.store.view().prefix(coordinates, '')].map((row) => row.Node)).toEqual(['ext10']);
});
