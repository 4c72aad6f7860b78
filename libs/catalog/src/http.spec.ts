import { coordinateResource } from '@mesh/coordinate';
import { callRoute, DirectRpc, expectRecorded, readExchanges } from '@mesh/testkit';
import { catalogDatacenters } from './endpoint.ts';
import { catalogHttpRoutes } from './http.ts';
import { nodeByName } from './queries.ts';
import { catalogResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: (view, name) => nodeByName(view, name) !== undefined }),
    {
      ...{ name: 'area', tables: [], commands: [], endpoints: [] },
      calls: [{ endpoint: catalogDatacenters, run: () => ['dc1'] }],
    },
  ]);
  return { rpc, routes: catalogHttpRoutes({ rpc, nodeName: 'vm' }) };
}

describe('recorded exchanges', () => {
  const { rpc, routes } = world();

  beforeAll(async () => {
    const consul = { Service: 'consul', Port: 8300 };
    await callRoute(routes, 'PUT', '/v1/catalog/register', {
      Node: 'vm',
      Address: '127.0.0.1',
      Service: consul,
    });
    expect(rpc.applied).toHaveLength(1);
  });

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => [each.name, each]),
  )('%s', (_name, exchange) => expectRecorded(routes, exchange as never));
});
