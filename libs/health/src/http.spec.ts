import { catalogHttpRoutes, catalogResource, nodeByName } from '@mesh/catalog';
import { coordinateBatchUpdate, coordinateResource, originCoordinate } from '@mesh/coordinate';
import { PLAIN_WRITE } from '@mesh/resource';
import { answerOf, callRoute, DirectRpc, expectRecorded, readExchanges } from '@mesh/testkit';
import { healthHttpRoutes } from './http.ts';
import { healthResource } from './resource.ts';

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

function world() {
  const rpc = new DirectRpc([
    catalogResource(hooks),
    coordinateResource({ nodeExists: (view, name) => nodeByName(view, name) !== undefined }),
    healthResource(),
  ]);
  const deps = { rpc, nodeName: 'n2' };
  return { rpc, routes: [...catalogHttpRoutes(deps), ...healthHttpRoutes(deps)] };
}

type World = ReturnType<typeof world>;

async function register({ routes }: World, body: object): Promise<void> {
  await callRoute(routes, 'PUT', '/v1/catalog/register', body);
}

/** Service ids or check ids of an answer, in order. */
async function ids({ routes }: World, path: string): Promise<readonly string[]> {
  const reply = await callRoute(routes, 'GET', path);
  if (reply.kind !== 'json') throw new Error(`${path}: ${JSON.stringify(reply)}`);
  const rows = reply.value as readonly { Service?: { ID: string }; CheckID?: string }[];
  return rows.map((row) => row.Service?.ID ?? row.CheckID ?? '?');
}

describe('recorded exchanges', () => {
  const { routes } = world();
  test.each(readExchanges(`${__dirname}/../testdata/exchanges.json`).map((each) => ({ ...each })))(
    '$name',
    (exchange) => expectRecorded(routes, exchange),
  );
});

describe('instances', () => {
  async function three(): Promise<World> {
    const made = world();
    const states = ['passing', 'warning', 'critical'];
    for (const [nth, Status] of states.entries()) {
      await register(made, {
        Node: `n${nth}`,
        Address: `10.0.0.${nth}`,
        NodeMeta: { rack: `r${nth % 2}`, dc: 'x' },
        Service: { ID: `w${nth}`, Service: 'Web', Tags: ['All', `t${nth}`] },
        Check: { CheckID: 'c', ServiceID: `w${nth}`, Status },
      });
    }
    return made;
  }

  test.each([
    ['/v1/health/service/web', ['w0', 'w1', 'w2']],
    ['/v1/health/service/WEB?passing', ['w0']],
    ['/v1/health/service/web?passing=0', ['w0', 'w1', 'w2']],
    ['/v1/health/service/web?tag=all', ['w0', 'w1', 'w2']],
    ['/v1/health/service/web?tag=ALL&tag=t1', ['w1']],
    ['/v1/health/service/web?tag=t0&tag=t1', []],
    ['/v1/health/service/web?node-meta=rack:r0', ['w0', 'w2']],
    ['/v1/health/service/web?node-meta=rack:r0&node-meta=dc:x', ['w0', 'w2']],
    ['/v1/health/service/web?node-meta=rack:r0&node-meta=dc:y', []],
    ['/v1/health/service/web?node-meta=constructor', []],
    ['/v1/health/service/web?filter=Checks.Status!=passing', ['w1', 'w2']],
    ['/v1/health/service/web?filter=Node.Meta.rack==r1', ['w1']],
    ['/v1/health/state/warning?node-meta=rack:r1', ['c']],
    ['/v1/health/state/any?node-meta=rack:r1', ['c']],
    ['/v1/health/checks/WEB?node-meta=rack:r0', ['c', 'c']],
    ['/v1/health/node/N1', ['c']],
    ['/v1/health/connect/web', []],
  ])('%s', async (path, expected) => {
    expect(await ids(await three(), path)).toEqual(expected);
  });

  test('a failing check of the node fails its instances', async () => {
    const made = await three();
    await register(made, {
      Node: 'n0',
      SkipNodeUpdate: true,
      Check: { CheckID: 'disk', Status: 'warning' },
    });
    expect(await ids(made, '/v1/health/service/web?passing')).toEqual([]);
  });

  test('a failing check of another service on the node does not', async () => {
    const made = await three();
    await register(made, {
      Node: 'n0',
      SkipNodeUpdate: true,
      Service: { Service: 'other' },
      Check: { CheckID: 'o', ServiceID: 'other', Status: 'critical' },
    });
    expect(await ids(made, '/v1/health/service/web?passing')).toEqual(['w0']);
  });

  test('over mutual TLS: proxies by their destination, native ones by their name', async () => {
    const made = await three();
    const proxy = { Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'web' } };
    await register(made, {
      Node: 'n0',
      SkipNodeUpdate: true,
      Service: { Service: 'web-proxy', ...proxy },
      Check: { CheckID: 'p', ServiceID: 'web-proxy', Status: 'passing' },
    });
    await register(made, {
      Node: 'n1',
      SkipNodeUpdate: true,
      Service: { ID: 'nat', Service: 'web', Connect: { Native: true } },
    });
    expect(await ids(made, '/v1/health/connect/Web')).toEqual(['web-proxy', 'nat']);
    const reply = await callRoute(made.routes, 'GET', '/v1/health/connect/web');
    const rows = reply.kind === 'json' ? (reply.value as { Checks: unknown[] }[]) : [];
    expect(rows.map((row) => row.Checks.length)).toEqual([1, 0]);
  });

  test('near sorts by round-trip time, unknown nodes last; the answer is not kept', async () => {
    const made = await three();
    const at = (seconds: number) => ({
      ...originCoordinate(),
      Vec: [seconds, 0, 0, 0, 0, 0, 0, 0],
    });
    const report = (nodes: readonly [string, number][]) =>
      made.rpc.write(
        coordinateBatchUpdate,
        nodes.map(([Node, seconds]) => ({ Node, Segment: '', Coord: at(seconds) })),
        PLAIN_WRITE,
      );
    expect(await ids(made, '/v1/health/service/web?near=_agent')).toEqual(['w0', 'w1', 'w2']);
    await report([
      ['n2', 0],
      ['n1', 0.5],
    ]);
    expect(await ids(made, '/v1/health/service/web?near=_agent')).toEqual(['w2', 'w1', 'w0']);
    expect(await ids(made, '/v1/health/service/web?near=N1')).toEqual(['w1', 'w2', 'w0']);
    expect(await ids(made, '/v1/health/service/web?near=n0')).toEqual(['w0', 'w1', 'w2']);
    await report([['n0', 0.1]]);
    expect(await ids(made, '/v1/health/state/any?near=n0')).toHaveLength(3);
    expect(await ids(made, '/v1/health/service/web?near=_agent')).toEqual(['w2', 'w0', 'w1']);
    const reply = await callRoute(made.routes, 'GET', '/v1/health/service/web?near=_agent');
    expect(reply.meta?.freshness).toBeUndefined();
  });

  test.each([
    ['/v1/health/service/web?passing=yes', /passing/],
    ['/v1/health/service/web?filter=Nope==1', /Nope/],
    ['/v1/health/service/none?filter=Nope==1', /Nope/],
    ['/v1/health/ingress/', /Missing service name/],
  ])('%s is refused', async (path, text) => {
    const { routes } = await three();
    const request = { method: 'GET', path };
    const reply = await answerOf(routes, { name: path, request, status: 400, body: '' });
    expect(reply).toMatchObject({ status: 400, text: expect.stringMatching(text) });
  });
});
