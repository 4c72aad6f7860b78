import { coordinateResource } from '@mesh/coordinate';
import { PLAIN_READ } from '@mesh/resource';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { catalogAddressOwners, catalogNode } from './endpoint.ts';
import { catalogHttpRoutes } from './http.ts';
import { catalogResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: () => true }),
  ]);
  const routes = catalogHttpRoutes({ rpc, nodeName: 'vm' });
  const register = (body: object) => callRoute(routes, 'PUT', '/v1/catalog/register', body);
  return { rpc, routes, register };
}

const n1 = { Node: 'N1', Address: '10.0.0.1' };

test('a node by name in any case, null when unknown', async () => {
  const { rpc, register } = world();
  await register(n1);
  const read = async (node: string) => (await rpc.read(catalogNode, { node }, PLAIN_READ)).value;
  expect(await read('n1')).toMatchObject({ Node: 'N1', Address: '10.0.0.1' });
  expect(await read('n2')).toBeNull();
});

test('owners of an address: nodes, services by own and by tagged addresses', async () => {
  const { rpc, register } = world();
  const wan = { Address: '198.18.0.1', Port: 1 };
  await register({ ...n1, Service: { Service: 'web', Address: '10.9.9.9' } });
  await register({ Node: 'n6', Address: 'FD00::5', Service: { Service: 'plain' } });
  await register({ ...n1, Service: { Service: 'tagged', TaggedAddresses: { wan } } });
  const owners = async (address: string) => {
    const { value } = await rpc.read(catalogAddressOwners, { address }, PLAIN_READ);
    return [...value.nodes.map((n) => n.Node), ...value.services.map((s) => s.ServiceName)];
  };
  expect(await owners('10.0.0.1')).toEqual(['N1']);
  expect(await owners('10.9.9.9')).toEqual(['web']);
  expect(await owners('198.18.0.1')).toEqual(['tagged']);
  expect(await owners('fd00:0:0:0:0:0:0:5')).toEqual(['n6']);
  expect(await owners('10.0.0.2')).toEqual([]);
});

test('the datacenter of a body goes where ?dc= goes, and is stored in the node', async () => {
  const { rpc, routes, register } = world();
  await register({ ...n1, Datacenter: 'dc9' });
  expect(rpc.lastOptions?.datacenter).toBe('dc9');
  await callRoute(routes, 'PUT', '/v1/catalog/deregister', { Node: 'x', Datacenter: 'dc8' });
  expect(rpc.lastOptions?.datacenter).toBe('dc8');
  await callRoute(routes, 'GET', '/v1/catalog/nodes?dc=dc7&stale');
  expect(rpc.lastOptions).toMatchObject({ datacenter: 'dc7', consistency: 'stale' });
});

test('an entry whose check is refused leaves nothing of its node and service behind', async () => {
  const { rpc, register } = world();
  const Check = { CheckID: 'c', ServiceID: 'nope' };
  const refused = register({ ...n1, Service: { Service: 'web' }, Check });
  await expect(refused).rejects.toMatchObject({ code: 'not-found' });
  expect((await rpc.read(catalogNode, { node: 'n1' }, PLAIN_READ)).value).toBeNull();
});

test('SkipNodeUpdate leaves the node alone, and creates it only with an address', async () => {
  const { rpc, register } = world();
  await register({ ...n1, NodeMeta: { a: 'b' } });
  await register({ ...n1, Address: '10.7.7.7', SkipNodeUpdate: true, Service: { Service: 'w' } });
  const read = async (node: string) => (await rpc.read(catalogNode, { node }, PLAIN_READ)).value;
  expect(await read('n1')).toMatchObject({ Address: '10.0.0.1', Meta: { a: 'b' }, ModifyIndex: 2 });
  await register({ Node: 'n2', Address: '10.0.0.2', SkipNodeUpdate: true });
  expect(await read('n2')).toMatchObject({ Address: '10.0.0.2' });
  const without = register({ Node: 'n3', SkipNodeUpdate: true });
  await expect(without).rejects.toMatchObject({ code: 'not-found' });
});

test('services with metadata of their nodes: the list follows nodes and services', async () => {
  const { routes, register } = world();
  await register({ ...n1, NodeMeta: { rack: 'a' }, Service: { Service: 'b', Tags: ['y', 'x'] } });
  await register({ ...n1, NodeMeta: { rack: 'a' }, Service: { Service: 'a' } });
  await register({ Node: 'n2', Address: '10.0.0.2', Service: { Service: 'c' } });
  const list = async (query: string) => {
    const reply = await callRoute(routes, 'GET', `/v1/catalog/services${query}`);
    return reply.kind === 'json' ? JSON.stringify(reply.value) : reply;
  };
  expect(await list('?node-meta=rack:a')).toBe('{"a":[],"b":["x","y"]}');
  expect(await list('?node-meta=rack')).toBe('{}');
  expect(await list('')).toBe('{"a":[],"b":["x","y"],"c":[]}');
});
