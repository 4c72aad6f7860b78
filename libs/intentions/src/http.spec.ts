import { MANAGE_ALL } from '@mesh/acl';
import type { Intention } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { answerOf, callRoute, DirectRpc, readExchanges } from '@mesh/testkit';
import { intentionHttpRoutes } from './http.ts';
import { intentionResource } from './resource.ts';

const DAY_MS = 86_400_000;
/** Of the server's own making, and another each time. */
const OWN = ['CreatedAt', 'UpdatedAt', 'Hash', 'CreateIndex', 'ModifyIndex'];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Not of intentions' own handlers. */
const ELSEWHERE = ['intention-put-collection'];

function world(isAllowedByDefault = true) {
  const rpc = new DirectRpc([intentionResource()]);
  rpc.authorizer = { ...MANAGE_ALL, intentionDefaultAllow: isAllowedByDefault };
  const routes = intentionHttpRoutes({ rpc });
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await callRoute(routes, method, `/v1/connect/intentions${path}`, body);
    return reply.kind === 'json' ? reply.value : undefined;
  };
  const create = async (from: string, to: string, Action: string, more = {}) => {
    const body = { SourceName: from, DestinationName: to, Action, ...more };
    return ((await ask('POST', '', body)) as { ID: string }).ID;
  };
  const isAllowed = async (from: string, to: string) =>
    ((await ask('GET', `/check?source=${from}&destination=${to}`)) as { Allowed: boolean }).Allowed;
  return { rpc, routes, ask, create, isAllowed };
}

function plain(value: unknown): unknown {
  const masked = JSON.stringify(value, (key, inner) => (OWN.includes(key) ? '<own>' : inner));
  return JSON.parse((masked ?? 'null').replace(UUID, '<uuid>'));
}

describe('recorded exchanges', () => {
  const { routes } = world();
  const saved = new Map<string, string>();

  test.each(
    readExchanges(`${__dirname}/../testdata/exchanges.json`)
      .filter(({ name }) => !ELSEWHERE.includes(name))
      .map((each) => [each.name, each] as const),
  )('%s', async (_name, exchange) => {
    const path = exchange.request.path.replace(/\$\{(\w+)\}/g, (_, name) => saved.get(name) ?? '');
    const request = { ...exchange.request, path };
    const reply = await answerOf(routes, { ...exchange, request });
    // The original answers bad input with 500 and an unknown one with 500.
    expect(reply.status).toBe(exchange.status === 500 ? 400 : exchange.status);
    if (reply.kind === 'json') expect(plain(reply.value)).toEqual(plain(exchange.body));
    for (const [name, field] of Object.entries(exchange.save ?? {})) {
      const { value } = reply as { value: Record<string, string> };
      saved.set(name, value[field]!);
    }
  });
});

describe('deciding', () => {
  it('the most exact intention decides', async () => {
    const { create, isAllowed } = world();
    expect(await isAllowed('web', 'db')).toBe(true);
    await create('*', '*', 'deny');
    expect(await isAllowed('web', 'db')).toBe(false);
    await create('web', '*', 'allow');
    expect(await isAllowed('web', 'db')).toBe(true);
    await create('*', 'db', 'deny');
    expect(await isAllowed('web', 'db')).toBe(false);
    expect(await isAllowed('web', 'cache')).toBe(true);
    await create('web', 'db', 'allow');
    expect(await isAllowed('web', 'db')).toBe(true);
    expect(await isAllowed('api', 'db')).toBe(false);
  });

  it('the default decides where none matches', async () => {
    const { create, isAllowed } = world(false);
    expect(await isAllowed('web', 'db')).toBe(false);
    await create('web', 'db', 'allow');
    expect(await isAllowed('web', 'db')).toBe(true);
    expect(await isAllowed('db', 'web')).toBe(false);
  });

  it('matches in the order in which they decide, each name apart', async () => {
    const { create, ask } = world();
    await create('*', '*', 'deny');
    await create('*', 'db', 'deny');
    await create('web', 'db', 'allow');
    await create('web', 'cache', 'allow');
    const matches = (await ask('GET', '/match?by=destination&name=db&name=none')) as Record<
      string,
      Intention[]
    >;
    expect(matches['db']!.map(({ SourceName }) => SourceName)).toEqual(['web', '*', '*']);
    expect(matches['none']!.map(({ DestinationName }) => DestinationName)).toEqual(['*']);
    const bySource = (await ask('GET', '/match?by=source&name=web')) as Record<string, Intention[]>;
    expect(bySource['web']!.map(({ DestinationName }) => DestinationName)).toEqual([
      'cache',
      'db',
      'db',
      '*',
    ]);
  });
});

describe('changing', () => {
  it('keeps when it was created, and tells that it changed', async () => {
    const { rpc, create, ask } = world();
    const id = await create('web', 'db', 'deny', { Meta: { k: 'v' } });
    const before = (await ask('GET', `/${id}`)) as Intention;
    rpc.nowMs += DAY_MS;
    await ask('PUT', `/${id}`, { SourceName: 'web', DestinationName: 'db', Action: 'allow' });
    const after = (await ask('GET', `/${id}`)) as Intention;
    expect(after).toMatchObject({ ID: id, Action: 'allow', CreatedAt: before.CreatedAt });
    expect(Date.parse(after.UpdatedAt) - Date.parse(before.UpdatedAt)).toBe(DAY_MS);
    expect(after.Hash).not.toBe(before.Hash);
    expect(after.CreateIndex).toBe(before.CreateIndex);
    expect(after.ModifyIndex).toBeGreaterThan(before.ModifyIndex);
  });

  it('by the pair of names', async () => {
    const { ask, isAllowed } = world();
    const pair = '/exact?source=web&destination=db';
    expect(await ask('PUT', pair, { Action: 'deny' })).toBe(true);
    expect(await isAllowed('web', 'db')).toBe(false);
    expect(await ask('PUT', pair, { Action: 'allow' })).toBe(true);
    expect(await ask('GET', '')).toHaveLength(1);
    expect(await ask('GET', pair)).toMatchObject({ SourceName: 'web', Action: 'allow' });
    await ask('DELETE', pair);
    await ask('DELETE', pair);
    expect(await ask('GET', '')).toEqual([]);
  });

  it('a pair has one intention', async () => {
    const { create, ask } = world();
    const first = await create('web', 'db', 'deny');
    const second = await create('api', 'db', 'deny');
    await expect(create('web', 'db', 'allow')).rejects.toThrow(
      `duplicate intention found: DENY default/web => default/db (ID: ${first}, Precedence: 9)`,
    );
    const taken = { SourceName: 'web', DestinationName: 'db', Action: 'allow' };
    await expect(ask('PUT', `/${second}`, taken)).rejects.toThrow('duplicate intention found');
    expect(await ask('GET', '')).toHaveLength(2);
  });

  it('filters', async () => {
    const { create, ask } = world();
    await create('web', 'db', 'deny');
    await create('api', 'db', 'allow');
    const filter = encodeURIComponent('Action == "deny"');
    expect(await ask('GET', `?filter=${filter}`)).toMatchObject([{ SourceName: 'web' }]);
  });
});

describe('refusing', () => {
  const good = { SourceName: 'a', DestinationName: 'b', Action: 'allow' };

  test.each([
    [{ SourceName: '' }, 'SourceName must be set'],
    [{ DestinationName: 'b*' }, "DestinationName: wildcard character '*' cannot be used with"],
    [{ SourceNS: '*' }, 'SourceName: exact value cannot follow wildcard namespace'],
    [{ SourceNS: 'a*' }, "SourceNS: wildcard character '*' cannot be used with partial values"],
    [{ Action: '' }, "Action must be set to 'allow' or 'deny'"],
    [{ SourceType: 'ip' }, "SourceType must be set to 'consul'"],
    [{ Description: 'x'.repeat(513) }, 'Description exceeds maximum length 512'],
    [{ Meta: { 'a b': '' } }, 'Meta key "a b"'],
    [{ Meta: { a: 'x'.repeat(513) } }, 'Meta value of "a" exceeds maximum length 512'],
    [{ DefaultPort: 70_000 }, 'DefaultPort 70000 is no port'],
    [{ ID: '3c8ab5f0-0000-0000-0000-000000000000' }, 'ID must be empty'],
    [{ SourceName: 5 }, 'SourceName'],
  ])('%j', async (change, message) => {
    const { ask } = world();
    const refused = ask('POST', '', { ...good, ...change });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(MeshError);
    expect(await ask('GET', '')).toEqual([]);
  });

  it('names all that is wrong', async () => {
    await expect(world().ask('POST', '', {})).rejects.toThrow(
      '3 errors occurred:\n\t* SourceName must be set\n\t* DestinationName must be set\n' +
        "\t* Action must be set to 'allow' or 'deny'\n\n",
    );
  });

  test.each([
    ['/match?name=web', "required query parameter 'by' not set"],
    ['/match?by=both&name=web', "'by' parameter must be one of"],
    ['/match?by=source', "required query parameter 'name' not set"],
    ['/check?source=a', "required query parameter 'destination' not set"],
    ['/check?source=a&destination=b&source-type=x', 'unsupported SourceType: "x"'],
    ['/exact?source=a', "required query parameter 'destination' not set"],
    ['/nope', 'failed intention lookup'],
  ])('%s', async (path, message) => {
    await expect(world().ask('GET', path)).rejects.toThrow(message);
  });
});
