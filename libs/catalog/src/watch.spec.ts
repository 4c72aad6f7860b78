import { coordinateBatchUpdate, coordinateResource, originCoordinate } from '@mesh/coordinate';
import { PLAIN_WRITE } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import { callRoute, DirectRpc } from '@mesh/testkit';
import { catalogHttpRoutes } from './http.ts';
import { listNodes, listServices, nodeByName, serviceNodes, servicesOnNode } from './queries.ts';
import { catalogResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

async function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: (view, name) => nodeByName(view, name) !== undefined }),
  ]);
  const routes = catalogHttpRoutes({ rpc, nodeName: 'n1' });
  const register = (body: object) => callRoute(routes, 'PUT', '/v1/catalog/register', body);
  const deregister = (body: object) => callRoute(routes, 'PUT', '/v1/catalog/deregister', body);
  const web = { Service: 'web', Tags: ['a'], Port: 80 };
  const check = { CheckID: 'c', ServiceID: 'web', Status: 'passing' };
  await register({ Node: 'n1', Address: '10.0.0.1', Service: web, Check: check });
  await register({ Node: 'n2', Address: '10.0.0.2', Service: { Service: 'db' } });
  /** True when the change wakes a watcher of the query. */
  async function wakes(query: (view: StateView) => unknown, change: () => Promise<unknown>) {
    const view = rpc.store.trackingView();
    query(view);
    let woken = false;
    const watch = rpc.store.watch(view.dependencies(), () => {
      woken = true;
    });
    await change();
    watch.cancel();
    return woken;
  }
  return { rpc, register, deregister, wakes };
}

const at = { Node: 'n1', Address: '10.0.0.1' };
const services = (view: StateView) => listServices(view, {});

describe('the list of services', () => {
  test('sleeps through checks, addresses, equal registrations and further instances', async () => {
    const { register, wakes, rpc } = await world();
    const quiet: object[] = [
      { ...at, Check: { CheckID: 'c', ServiceID: 'web', Status: 'critical' } },
      { ...at, Check: { CheckID: 'node', Status: 'warning' } },
      { ...at, NodeMeta: { x: 'y' } },
      { ...at, Service: { Service: 'web', Tags: ['a'], Port: 81 } },
      { ...at, Service: { ID: 'web-2', Service: 'web', Tags: ['a'] } },
    ];
    for (const body of quiet)
      expect([body, await wakes(services, () => register(body))]).toEqual([body, false]);
    expect(rpc.applied).toHaveLength(7);
  });

  test('wakes for a new tag, a tag gone, a new name and a name gone', async () => {
    const { register, deregister, wakes } = await world();
    const loud = [
      () => register({ ...at, Service: { Service: 'web', Tags: ['a', 'b'] } }),
      () => register({ ...at, Service: { Service: 'web', Tags: ['b'] } }),
      () => register({ ...at, Service: { Service: 'new' } }),
      () => deregister({ Node: 'n2', ServiceID: 'db' }),
      () => deregister({ Node: 'n1' }),
    ];
    for (const [nth, change] of loud.entries()) {
      expect([nth, await wakes(services, change)]).toEqual([nth, true]);
    }
  });
});

describe('instances of a service', () => {
  const query = { service: 'WEB', connect: false, tags: [], nodeMeta: {} };
  const instances = (view: StateView) => serviceNodes(view, query);

  test('sleep through other services, other nodes and checks', async () => {
    const { register, deregister, wakes } = await world();
    const quiet = [
      () => register({ ...at, Service: { Service: 'other' } }),
      () => register({ Node: 'n3', Address: '10.0.0.3' }),
      () => register({ Node: 'n2', Address: '10.0.0.22' }),
      () => register({ ...at, Check: { CheckID: 'c', ServiceID: 'web', Status: 'warning' } }),
      () => register({ ...at, Service: { Service: 'web', Tags: ['a'], Port: 80 } }),
      () => deregister({ Node: 'n2' }),
    ];
    for (const [nth, change] of quiet.entries()) {
      expect([nth, await wakes(instances, change)]).toEqual([nth, false]);
    }
  });

  test('wake for an instance more, one changed, its node changed and one gone', async () => {
    const { register, deregister, wakes } = await world();
    const loud = [
      () => register({ Node: 'n2', Address: '10.0.0.2', Service: { Service: 'Web' } }),
      () => register({ ...at, Service: { Service: 'web', Tags: ['a'], Port: 81 } }),
      () => register({ Node: 'n1', Address: '10.0.0.111' }),
      () => deregister({ Node: 'n1', ServiceID: 'web' }),
    ];
    for (const [nth, change] of loud.entries()) {
      expect([nth, await wakes(instances, change)]).toEqual([nth, true]);
    }
  });

  test('a watcher of an unknown service wakes when it appears, not before', async () => {
    const { register, wakes } = await world();
    const absent = (view: StateView) => serviceNodes(view, { ...query, service: 'absent' });
    const other = () => register({ ...at, Service: { Service: 'absentee' } });
    expect(await wakes(absent, other)).toBe(false);
    const itself = () => register({ ...at, Service: { Service: 'Absent' } });
    expect(await wakes(absent, itself)).toBe(true);
  });
});

test('a node wakes for its own services alone, the list of nodes for nodes alone', async () => {
  const { register, wakes } = await world();
  const onNode = (view: StateView) => servicesOnNode(view, 'n1');
  const all = (view: StateView) => listNodes(view, {});
  const elsewhere = () =>
    register({ Node: 'n2', Address: '10.0.0.2', Service: { Service: 'more' } });
  expect(await wakes(onNode, elsewhere)).toBe(false);
  const here = () => register({ ...at, Service: { Service: 'more' } });
  expect(await wakes(onNode, here)).toBe(true);
  const another = () => register({ ...at, Service: { Service: 'yet-more' } });
  expect(await wakes(all, another)).toBe(false);
  expect(await wakes(all, () => register({ Node: 'n9', Address: '10.0.0.9' }))).toBe(true);
});

test('coordinates wake no watcher of the catalog', async () => {
  const { rpc, wakes } = await world();
  const everything = (view: StateView) => {
    listNodes(view, {});
    listServices(view, {});
    servicesOnNode(view, 'n1');
  };
  const update = { Node: 'n1', Segment: '', Coord: originCoordinate() };
  const report = () => rpc.write(coordinateBatchUpdate, [update], PLAIN_WRITE);
  expect(await wakes(everything, report)).toBe(false);
});
