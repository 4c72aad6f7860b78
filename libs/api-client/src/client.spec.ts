import * as contract from '@mesh/api-contract';
import { ApiClient } from './client.ts';
import type { ClientOptions } from './options.ts';
import { FakeFetch, indexed } from './testing/fake-fetch.ts';
import { InstantPlatform } from './testing/instant-platform.ts';

function clientOf(fake: FakeFetch, options: ClientOptions = {}): ApiClient {
  return new ApiClient({
    fetch: fake.fetch,
    platform: new InstantPlatform(),
    WebSocket: null,
    ...options,
  });
}

describe('contract', () => {
  /** Rows whose answer never ends have no method. */
  const WITHOUT_METHOD = ['agent.monitor'];
  const rows = Object.entries(contract)
    .filter(([name]) => name.endsWith('Routes'))
    .flatMap(([, table]) => Object.values(table as contract.RouteTable));
  const named = rows.filter(({ client }) => client !== '' && !WITHOUT_METHOD.includes(client));

  it.each(named.map(({ client, path }) => [client, path]))('%s asks %s', (name) => {
    const [resource, method] = name.split('.') as [keyof ApiClient, string];
    const methods = new ApiClient({ WebSocket: null })[resource] as unknown as Record<
      string,
      unknown
    >;
    expect(typeof methods[method]).toBe('function');
  });
});

describe('reads', () => {
  it('sends consistency, filter, index and wait', async () => {
    const fake = new FakeFetch(indexed(12, []), indexed(12, []), indexed(12, []));
    const client = clientOf(fake);
    await client.health.service('web', {
      passing: true,
      tags: ['a', 'b'],
      near: '_agent',
      nodeMeta: { rack: '1' },
      consistency: 'stale',
      filter: 'Service.Port > 80',
    });
    expect(fake.path()).toBe(
      '/v1/health/service/web?near=_agent&node-meta=rack%3A1&tag=a&tag=b&passing' +
        '&stale&filter=Service.Port%20%3E%2080',
    );
    await client.catalog.nodes({ consistency: 'consistent', index: 12, waitMs: 1000 });
    expect(fake.path()).toBe('/v1/catalog/nodes?consistent&index=12&wait=1000ms');
    await client.catalog.services({ cached: true, waitMs: 1000 });
    expect(fake.path()).toBe('/v1/catalog/services?cached');
  });

  it('gives index, leader, contact and cache of the answer', async () => {
    const headers = {
      'x-consul-index': '9',
      'x-consul-knownleader': 'true',
      'x-consul-lastcontact': '17',
      'x-cache': 'HIT',
    };
    const answer = await clientOf(new FakeFetch({ headers, body: {} })).catalog.services();
    expect(answer).toEqual({
      data: {},
      index: 9,
      status: 200,
      knownLeader: true,
      lastContactMs: 17,
      cacheHit: true,
    });
  });

  it('sends nothing before it is awaited', () => {
    const fake = new FakeFetch();
    clientOf(fake).kv.get('a');
    expect(fake.requests).toHaveLength(0);
  });

  it('null stands for an empty list or for nothing', async () => {
    const fake = new FakeFetch(indexed(1, null), indexed(1, null), { status: 404 });
    const client = clientOf(fake);
    expect((await client.catalog.nodes()).data).toEqual([]);
    expect((await client.catalog.node('x')).data).toBeUndefined();
    expect((await client.coordinate.node('x')).data).toEqual([]);
  });

  it('health of a failing service is an answer', async () => {
    const body = { AggregatedStatus: 'critical' };
    const fake = new FakeFetch({ status: 503, body }, { status: 404, body: 'unknown' });
    const client = clientOf(fake);
    expect((await client.agent.healthById('web')).data).toEqual(body);
    expect((await client.agent.healthById('none')).data).toBeUndefined();
  });

  it('an answer that is not JSON is an ApiError', async () => {
    const fake = new FakeFetch({ body: '<html>' });
    await expect(clientOf(fake).catalog.nodes()).rejects.toMatchObject({
      name: 'ApiError',
      message: 'GET /v1/catalog/nodes: the answer is not JSON',
      body: '<html>',
      retryable: false,
    });
  });

  it('asks any path', async () => {
    const fake = new FakeFetch({ body: { a: 1 } });
    const { data } = await clientOf(fake).read<{ a: number }>('/v1/own?x=1', { filter: 'a' });
    expect([data.a, fake.path()]).toEqual([1, '/v1/own?x=1&filter=a']);
  });
});

describe('kv', () => {
  const pair = {
    LockIndex: 0,
    Key: 'a',
    Flags: 42,
    Value: 'YmFy',
    CreateIndex: 1,
    ModifyIndex: 2,
  };

  it('decodes values; flags keep all their bits', async () => {
    const wide = JSON.stringify([pair, { ...pair, Value: null }]).replace(
      '42',
      '18446744073709551615',
    );
    const { data } = await clientOf(new FakeFetch({ body: wide })).kv.list('a');
    expect(data[0]!.Value).toEqual(new TextEncoder().encode('bar'));
    expect(data.map(({ Flags }) => Flags)).toEqual([18446744073709551615n, 42]);
    expect(data[1]!.Value).toEqual(new Uint8Array());
  });

  it('a value that looks like wide flags is left alone', async () => {
    const key = 'x","Flags":12345678901234567,"y';
    const body = JSON.stringify([{ ...pair, Key: key }]);
    const { data } = await clientOf(new FakeFetch({ body })).kv.get('a');
    expect(data!.Key).toBe(key);
    expect(data!.Flags).toBe(42);
  });

  it('nothing is undefined or an empty list', async () => {
    const client = clientOf(new FakeFetch({ status: 404 }, { status: 404 }, { status: 404 }));
    expect((await client.kv.get('a')).data).toBeUndefined();
    expect((await client.kv.list('a')).data).toEqual([]);
    expect((await client.kv.keys('a')).data).toEqual([]);
  });

  it('writes with conditions and tells whether they held', async () => {
    const fake = new FakeFetch({ body: 'true\n' }, { body: 'false' }, { body: 'true' });
    const { kv } = clientOf(fake);
    expect(await kv.put('a/b', 'v', { flags: 2n ** 63n })).toBe(true);
    expect(fake.requests[0]).toMatchObject({ method: 'PUT', body: 'v' });
    expect(fake.path()).toBe('/v1/kv/a/b?flags=9223372036854775808');
    expect(await kv.put('a', 'v', { cas: 0 })).toBe(false);
    expect(fake.path()).toBe('/v1/kv/a?cas=0');
    await kv.delete('a', { recurse: true });
    expect([fake.requests[2]!.method, fake.path()]).toEqual(['DELETE', '/v1/kv/a?recurse']);
  });

  it('does not repeat a conditional write', async () => {
    const fake = new FakeFetch({ status: 500 }, { body: 'true' });
    await expect(clientOf(fake).kv.put('a', 'v', { cas: 1 })).rejects.toMatchObject({
      status: 500,
    });
    expect(fake.requests).toHaveLength(1);
  });

  it('refuses keys that there cannot be', async () => {
    const { kv } = clientOf(new FakeFetch());
    await expect(kv.put('', 'v')).rejects.toThrow('empty');
    await expect(kv.put('/a', 'v')).rejects.toThrow('slash');
    await expect(kv.delete('')).rejects.toThrow('empty');
  });
});

describe('prepared queries', () => {
  it('stores, finds, runs and explains', async () => {
    const stored = { ID: 'q1', Name: 'web' };
    const fake = new FakeFetch(
      { body: { ID: 'q1' } },
      { body: [stored] },
      { status: 404, body: 'Query not found' },
      { body: { Service: 'web', Nodes: [] } },
      { body: { Query: stored } },
    );
    const { query } = clientOf(fake);
    expect(await query.create({ Name: 'web', Service: { Service: 'web' } })).toBe('q1');
    expect(fake.requests[0]!.method).toBe('POST');
    expect((await query.get('q1')).data).toEqual(stored);
    expect((await query.get('none')).data).toBeUndefined();
    const run = query.execute('web', { near: '_agent', limit: 1, connect: true });
    expect((await run).data.Nodes).toEqual([]);
    expect(fake.path()).toBe('/v1/query/web/execute?near=_agent&limit=1&connect=true');
    expect((await query.explain('web')).data).toEqual(stored);
  });
});

describe('sessions, events, transactions', () => {
  it('creates, renews and ends sessions', async () => {
    const fake = new FakeFetch(
      { body: { ID: 's1' } },
      { body: [{ ID: 's1' }] },
      { status: 404, body: 'no' },
      { body: 'true' },
    );
    const { session } = clientOf(fake);
    expect(await session.create({ Name: 'n', TTL: '15s' })).toBe('s1');
    expect(fake.requests[0]!.body).toBe('{"Name":"n","TTL":"15s"}');
    expect(await session.renew('s1')).toEqual({ ID: 's1' });
    expect(await session.renew('s1')).toBeUndefined();
    await session.destroy('s1');
    expect(fake.path()).toBe('/v1/session/destroy/s1');
  });

  it('fires and lists events', async () => {
    const event = { ID: 'e', Name: 'deploy', Payload: 'djE=' };
    const fake = new FakeFetch({ body: event }, { body: [event, { ...event, Payload: null }] });
    const client = clientOf(fake);
    await client.event.fire('deploy', 'v1', { service: 'web', tag: 'a' });
    expect(fake.path()).toBe('/v1/event/fire/deploy?service=web&tag=a');
    const { data } = await client.event.list({ name: 'deploy' });
    expect(data.map(({ Payload }) => Payload && new TextDecoder().decode(Payload))).toEqual([
      'v1',
      null,
    ]);
  });

  it('applies transactions; a refused one is an answer', async () => {
    const refused = { Results: null, Errors: [{ OpIndex: 0, What: 'stale' }] };
    const fake = new FakeFetch({ status: 409, body: refused });
    const result = await clientOf(fake).txn.apply([
      { KV: { Verb: 'cas', Key: 'a', Value: 'D', Index: 1 } },
    ]);
    expect(fake.requests[0]!.body).toBe(
      '[{"KV":{"Verb":"cas","Key":"a","Value":"RA==","Index":1}}]',
    );
    expect(result).toEqual({ applied: false, results: [], errors: refused.Errors });
  });
});
