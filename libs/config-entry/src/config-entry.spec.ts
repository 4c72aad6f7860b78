import { MeshError } from '@mesh/base';
import { PLAIN_READ } from '@mesh/resource';
import { answerOf, callRoute, DirectRpc, readExchanges } from '@mesh/testkit';
import { configResolve } from './endpoint.ts';
import { configEntryHttpRoutes } from './http.ts';
import { configEntryResource } from './resource.ts';

function world() {
  const rpc = new DirectRpc([configEntryResource()]);
  const routes = configEntryHttpRoutes({ rpc });
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await callRoute(routes, method, `/v1/config${path}`, body);
    return reply.kind === 'json' ? reply.value : undefined;
  };
  const put = (Kind: string, Name: string, more = {}, query = '') =>
    ask('PUT', query, { Kind, Name, ...more });
  return { rpc, routes, ask, put };
}

/** Of the server's own making. */
const OWN = ['CreateIndex', 'ModifyIndex'];

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) => (OWN.includes(key) ? '<own>' : inner)) ?? 'null',
  );
}

describe('recorded exchanges', () => {
  const { routes } = world();
  /** The original lets another name overwrite the global entry. */
  const REFUSED = ['config-proxy-defaults-bad-name'];
  /** So here the entry still says something. */
  const OTHERWISE = [
    'config-list-proxy-defaults',
    'config-get-proxy-defaults',
    'config-get-no-kind',
  ];

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`).map(
      (each) => [each.name, each] as const,
    ),
  )('%s', async (name, exchange) => {
    const reply = await answerOf(routes, exchange);
    if (REFUSED.includes(name)) {
      expect(reply.status).toBe(400);
      return;
    }
    // The original answers bad input with 500.
    expect(reply.status).toBe(exchange.status === 500 ? 400 : exchange.status);
    if (reply.kind === 'json' && !OTHERWISE.includes(name)) {
      expect(plain(reply.value)).toEqual(plain(exchange.body));
    }
  });
});

describe('entries', () => {
  it('cas stores only in the place of the one of that index', async () => {
    const { put, ask } = world();
    expect(await put('service-defaults', 'web', { Protocol: 'http' }, '?cas=7')).toBe(false);
    expect(await put('service-defaults', 'web', { Protocol: 'http' }, '?cas=0')).toBe(true);
    const { ModifyIndex, CreateIndex } = (await ask('GET', '/service-defaults/web')) as {
      readonly [name in 'ModifyIndex' | 'CreateIndex']: number;
    };
    expect(await put('service-defaults', 'web', {}, `?cas=${ModifyIndex}`)).toBe(true);
    expect(await put('service-defaults', 'web', {}, `?cas=${ModifyIndex}`)).toBe(false);
    expect(await ask('GET', '/service-defaults/web')).toMatchObject({ CreateIndex, Protocol: '' });
  });

  it('names of one kind do not meet those of another', async () => {
    const { put, ask } = world();
    await put('service-defaults', 'global', { Protocol: 'grpc' });
    await put('proxy-defaults', 'global', { Config: { a: 1 } });
    expect(await ask('GET', '/service-defaults')).toHaveLength(1);
    await ask('DELETE', '/proxy-defaults/global');
    expect(await ask('GET', '/service-defaults/global')).toMatchObject({ Protocol: 'grpc' });
  });
});

describe('discovery chains', () => {
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => '',
      (error) => MeshError.from(error).message,
    );

  it('have one protocol, by the service or by all proxies', async () => {
    const { put, ask } = world();
    const split = { Splits: [{ Weight: 50 }, { Weight: 50, Service: 'new' }] };
    expect(await refused(put('service-splitter', 'web', split))).toContain(
      'discovery chain "web" uses a protocol "tcp" that does not permit advanced routing',
    );
    await put('service-defaults', 'web', { Protocol: 'http' });
    expect(await refused(put('service-splitter', 'web', split))).toBe(
      'discovery chain "web" uses inconsistent protocols; service "new" has "tcp" which is not "http"',
    );
    await put('proxy-defaults', 'global', { Config: { protocol: 'http' } });
    expect(await put('service-splitter', 'web', split)).toBe(true);
    // What others stand on stays.
    expect(await refused(ask('DELETE', '/proxy-defaults/global'))).toContain(
      'service "new" has "tcp"',
    );
    expect(await refused(put('service-defaults', 'new', { Protocol: 'grpc' }))).toContain(
      'service "new" has "grpc" which is not "http"',
    );
    expect(await ask('GET', '/proxy-defaults/global')).toMatchObject({ Name: 'global' });
  });

  it('follow redirects, and do not go in a circle', async () => {
    const { put } = world();
    const to = (Service: string) => ({ Redirect: { Service } });
    await put('service-resolver', 'a', to('b'));
    await put('service-resolver', 'b', to('c'));
    expect(await refused(put('service-resolver', 'c', to('a')))).toMatch(
      /has a circular resolver redirect: \w -> \w -> \w -> \w/,
    );
    expect(await refused(put('service-defaults', 'c', { Protocol: 'http' }))).toContain(
      'service "c" has "http" which is not "tcp"',
    );
  });

  it('services outside the mesh are one thing', async () => {
    const { put } = world();
    await put('service-resolver', 'ext', { Failover: { '*': { Datacenters: ['dc2'] } } });
    expect(await refused(put('service-defaults', 'ext', { ExternalSNI: 'a.example' }))).toBe(
      'service "ext" has an external SNI set; cannot define failover for external services',
    );
  });
});

describe('what holds for one service', () => {
  it('proxy-defaults, and over them its own', async () => {
    const { put, rpc } = world();
    await put('proxy-defaults', 'global', {
      ...{ Config: { protocol: 'http', connect_timeout_ms: 1 }, MeshGateway: { Mode: 'local' } },
    });
    await put('service-defaults', 'web', { Protocol: 'grpc', Expose: { Checks: true } });
    const { value } = await rpc.read(
      configResolve,
      { service: 'web', upstreams: ['db', 'web'] },
      PLAIN_READ,
    );
    expect(value).toEqual({
      ProxyConfig: { protocol: 'grpc', connect_timeout_ms: 1 },
      UpstreamConfigs: { db: { protocol: 'http' }, web: { protocol: 'grpc' } },
      MeshGateway: { Mode: 'local' },
      Expose: { Checks: true },
    });
  });
});
