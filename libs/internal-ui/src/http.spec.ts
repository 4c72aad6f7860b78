import type { UiNeighbour, UiServiceSummary, UiTopology } from '@mesh/api-contract';
import { catalogHttpRoutes, catalogResource, nodeByName } from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { intentionHttpRoutes, intentionResource } from '@mesh/intentions';
import { callRoute, DirectRpc, expectRecorded, readExchanges } from '@mesh/testkit';
import { internalUiHttpRoutes } from './http.ts';
import { internalUiResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: (view, name) => nodeByName(view, name) !== undefined }),
    intentionResource(),
    internalUiResource(),
  ]);
  const routes = [
    ...catalogHttpRoutes({ rpc, nodeName: 'n1' }),
    ...intentionHttpRoutes({ rpc }),
    ...internalUiHttpRoutes({ rpc }),
  ];
  const put = (path: string, body: object) => callRoute(routes, 'PUT', path, body);
  const get = async <T>(path: string): Promise<T> => {
    const reply = await callRoute(routes, 'GET', path);
    if (reply.kind !== 'json') throw new Error(`${path}: ${JSON.stringify(reply)}`);
    return reply.value as T;
  };
  return { routes, put, get };
}

const register = (Node: string, Service: object, Checks: object[] = []) => ({
  Node,
  Address: '10.0.0.1',
  Service,
  Checks,
});
const proxy = (of: string, upstreams: object[]) => ({
  ID: `${of}-proxy`,
  Service: `${of}-proxy`,
  Kind: 'connect-proxy',
  Port: 21000,
  Proxy: { DestinationServiceName: of, Upstreams: upstreams },
});

describe('recorded exchanges', () => {
  const { routes } = world();
  test.each(readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => ({ ...each })))(
    '$name',
    (exchange) => expectRecorded(routes, exchange),
  );
});

test('counts of a service: checks of its nodes once for each instance', async () => {
  const { put, get } = world();
  const nodeCheck = { CheckID: 'serfHealth', Status: 'passing' };
  const web = { ID: 'w1', Service: 'web', Tags: ['a', 'b'], Meta: { 'external-source': 'nomad' } };
  await put('/v1/catalog/register', register('n1', web, [nodeCheck]));
  const other = { ID: 'w2', Service: 'web', Tags: ['b', 'c'] };
  const failing = { CheckID: 'w2', ServiceID: 'w2', Status: 'critical' };
  await put('/v1/catalog/register', register('n1', other, [failing]));
  expect(await get('/v1/internal/ui/services')).toEqual([
    {
      Name: 'web',
      Tags: ['a', 'b', 'c'],
      Nodes: ['n1', 'n1'],
      InstanceCount: 2,
      ChecksPassing: 2,
      ChecksWarning: 0,
      ChecksCritical: 1,
      ExternalSources: ['nomad'],
      GatewayConfig: {},
    },
  ]);
  const [one] = await get<UiServiceSummary[]>('/v1/internal/ui/services?filter=Service.ID==w1');
  expect(one).toMatchObject({ InstanceCount: 1, ChecksCritical: 0 });
});

test('nodes may be chosen by what is on them', async () => {
  const { put, get } = world();
  await put('/v1/catalog/register', register('n1', { Service: 'web' }));
  await put('/v1/catalog/register', register('n2', { Service: 'db' }));
  const having = await get<{ Node: string }[]>(
    '/v1/internal/ui/nodes?filter="db" in Services.Service',
  );
  expect(having.map(({ Node: name }) => name)).toEqual(['n2']);
});

describe('topology', () => {
  const seen = (side: readonly UiNeighbour[]) =>
    side.map(({ Name, Datacenter, InstanceCount, Intention }) => [
      Name,
      Datacenter,
      InstanceCount,
      Intention.Allowed,
      Intention.HasExact,
    ]);

  async function mesh() {
    const made = world();
    const { put } = made;
    await put('/v1/catalog/register', register('n1', { ID: 'db', Service: 'db', Port: 1 }));
    const upstreams = [
      { DestinationName: 'db', LocalBindPort: 1 },
      { DestinationName: 'cache', Datacenter: 'dc2', LocalBindPort: 2 },
      { DestinationName: 'any', DestinationType: 'prepared_query', LocalBindPort: 3 },
    ];
    await put('/v1/catalog/register', register('n1', proxy('web', upstreams)));
    await put('/v1/catalog/register', register('n2', proxy('Web', upstreams)));
    const back = [{ DestinationName: 'DB', LocalBindPort: 4 }];
    await put('/v1/catalog/register', register('n2', proxy('api', back)));
    return made;
  }

  test('upstreams and downstreams, each once', async () => {
    const { get } = await mesh();
    const web = await get<UiTopology>('/v1/internal/ui/service-topology/web');
    expect(seen(web.Upstreams)).toEqual([
      ['cache', 'dc2', 0, true, false],
      ['db', 'dc1', 1, true, false],
    ]);
    expect(web.Downstreams).toEqual([]);
    const db = await get<UiTopology>('/v1/internal/ui/service-topology/db');
    expect(db.Downstreams.map(({ Name }) => Name.toLowerCase())).toEqual(['api', 'web']);
    expect(db.Upstreams).toEqual([]);
  });

  test('what intentions say of each pair', async () => {
    const { put, get } = await mesh();
    const path = '/v1/connect/intentions/exact?source=web&destination=db';
    await put(path, { Action: 'deny' });
    const { Upstreams } = await get<UiTopology>('/v1/internal/ui/service-topology/web');
    expect(seen(Upstreams)).toContainEqual(['db', 'dc1', 1, false, true]);
    await put('/v1/connect/intentions/exact?source=*&destination=cache', { Action: 'deny' });
    const again = await get<UiTopology>('/v1/internal/ui/service-topology/web');
    expect(seen(again.Upstreams)).toContainEqual(['cache', 'dc2', 0, false, false]);
  });

  test('a service that nobody knows has no neighbours', async () => {
    const { get } = await mesh();
    const none = await get<UiTopology>('/v1/internal/ui/service-topology/nope');
    expect(none).toEqual({ Upstreams: [], Downstreams: [], FilteredByACLs: false });
  });
});
