/** @mesh/kv-client and @mesh/api-client against a real agent, over a WebSocket and without. */
import { ApiClient } from '@mesh/api-client';
import { KvClient } from '@mesh/kv-client';
import { AgentProcess } from '@mesh/testkit';
import { WebSocket } from 'ws';

let agent: AgentProcess;
beforeAll(async () => {
  agent = await AgentProcess.start();
});
afterAll(() => agent.stop());

const TRANSPORTS = [
  ['a WebSocket', WebSocket],
  ['blocking queries', null],
] as const;

describe.each(TRANSPORTS)('watches over %s', (name, WebSocketOrNull) => {
  const prefix = `watch-${name.replace(' ', '-')}/`;
  let kv: KvClient;
  beforeAll(() => {
    kv = new KvClient({ address: agent.address, WebSocket: WebSocketOrNull as never });
  });
  afterAll(() => kv.close());

  it('a key: absent, written, changed, deleted; other keys do not matter', async () => {
    const store = kv.at(prefix);
    const seen: (string | undefined)[] = [];
    for await (const entry of store.watch('key')) {
      seen.push(entry?.value);
      if (seen.length === 1) {
        await store.put('other', 'x');
        await store.put('key', 'one');
      } else if (seen.length === 2) await store.put('key', 'two');
      else if (seen.length === 3) await store.delete('key');
      else break;
    }
    expect(seen).toEqual([undefined, 'one', 'two', undefined]);
  });

  it('a prefix, with JSON values and wide flags', async () => {
    const store = kv.json<{ n: number }>(`${prefix}json/`);
    const flags = 2n ** 64n - 1n;
    await store.put('a', { n: 1 }, { flags });
    for await (const entries of store.watchPrefix()) {
      expect(entries[0]!.flags).toBe(flags);
      if (entries.length === 2) {
        expect(entries.map(({ key, value }) => [key, value.n])).toEqual([
          ['a', 1],
          ['b', 2],
        ]);
        break;
      }
      await store.put('b', { n: 2 });
    }
  });

  it('instances of a service', async () => {
    const api = new ApiClient({ address: agent.address, WebSocket: WebSocketOrNull as never });
    const service = `web-${prefix.length}`;
    const counts: number[] = [];
    for await (const { data } of api.health.service(service, { passing: true }).watch()) {
      counts.push(data.length);
      if (counts.length === 1) await api.agent.registerService({ Name: service, Port: 80 });
      else break;
    }
    expect(counts).toEqual([0, 1]);
    api.close();
  });

  it('many at once, and an end by signal', async () => {
    const abort = new AbortController();
    const watches = Array.from({ length: 50 }, async (_, at) => {
      let last: string | undefined;
      for await (const entry of kv.watch(`${prefix}many/${at}`, { signal: abort.signal })) {
        last = entry?.value;
        if (last === 'done') return last;
      }
      return last;
    });
    await Promise.all(watches.slice(0, 49).map((_, at) => kv.put(`${prefix}many/${at}`, 'done')));
    const ended = await Promise.all(watches.slice(0, 49));
    expect(new Set(ended)).toEqual(new Set(['done']));
    abort.abort();
    expect(await watches[49]).toBeUndefined();
  });
});

describe('locks', () => {
  it('exclude each other and consul lock', async () => {
    const kv = new KvClient({ address: agent.address, WebSocket: null });
    const held = (await kv.lock('shared/.lock').acquire())!;
    const refused = await agent.cli(['lock', '-try=200ms', 'shared', 'true']);
    expect(refused.code).toBe(1);
    expect(await kv.lock('shared/.lock').acquire({ timeoutMs: 200 })).toBeUndefined();
    await held.release();
    expect((await agent.cli(['lock', 'shared', 'echo mine'])).stdout).toBe('mine\n');
  });

  it('share the slots of a semaphore with consul lock -n', async () => {
    const kv = new KvClient({ address: agent.address, WebSocket: null });
    const one = (await kv.semaphore('slots', 2).acquire())!;
    expect((await agent.cli(['lock', '-n=2', 'slots', 'echo second'])).stdout).toBe('second\n');
    const two = (await kv.semaphore('slots', 2).acquire())!;
    expect((await agent.cli(['lock', '-n=2', '-try=200ms', 'slots', 'true'])).code).toBe(1);
    await Promise.all([one.release(), two.release()]);
  });

  it('tell when they are lost', async () => {
    const kv = new KvClient({ address: agent.address, WebSocket: null });
    const held = (await kv.lock('gone/.lock').acquire())!;
    const lost = new Promise((resolve) => held.lost.addEventListener('abort', resolve));
    await kv.api.session.destroy(held.session);
    await lost;
    expect(held.lost.reason).toMatchObject({ name: 'LockError', code: 'lost' });
    await held.release();
  });
});

describe('the API', () => {
  const api = () => new ApiClient({ address: agent.address, WebSocket: null });

  it('catalog, health, agent, status, coordinates', async () => {
    const client = api();
    expect((await client.catalog.nodes()).data[0]!.Node).toBe('test');
    expect((await client.catalog.services()).data['consul']).toEqual([]);
    expect((await client.catalog.node('test')).data!.Services['consul']!.Service).toBe('consul');
    expect((await client.catalog.node('none')).data).toBeUndefined();
    expect((await client.health.node('test')).data[0]!.CheckID).toBe('serfHealth');
    expect((await client.agent.self()).data.Config.NodeName).toBe('test');
    expect((await client.agent.members()).data).toHaveLength(1);
    expect((await client.status.leader()).data).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await client.coordinate.datacenters()).data[0]!.Datacenter).toBe('dc1');
  });

  it('checks of an agent', async () => {
    const client = api();
    await client.agent.registerService({
      Name: 'checked',
      Port: 1,
      Check: { CheckID: 'c', TTL: '60s' },
    });
    expect((await client.agent.healthById('checked')).data!.AggregatedStatus).toBe('critical');
    await client.agent.passCheck('c', 'fine');
    expect((await client.agent.checks()).data['c']).toMatchObject({
      Status: 'passing',
      Output: 'fine',
    });
    expect((await client.agent.healthByName('none')).data).toBeUndefined();
    await client.agent.deregisterService('checked');
  });

  it('transactions, sessions and events', async () => {
    const client = api();
    const set = { KV: { Verb: 'set' as const, Key: 'txn/a', Value: 'v' } };
    expect((await client.txn.apply([set])).applied).toBe(true);
    const stale = { KV: { Verb: 'cas' as const, Key: 'txn/a', Value: 'w', Index: 1 } };
    expect(await client.txn.apply([stale])).toMatchObject({
      applied: false,
      errors: [{ OpIndex: 0 }],
    });
    const id = await client.session.create({ Name: 's', TTL: '10s' });
    expect((await client.session.info(id)).data[0]).toMatchObject({ Name: 's' });
    expect((await client.session.renew(id))!.ID).toBe(id);
    await client.session.destroy(id);
    expect((await client.session.info(id)).data).toEqual([]);
    const event = await client.event.fire('deploy', 'payload');
    const { data: events } = await client.event.list({ name: 'deploy' });
    expect(events.map(({ ID }) => ID)).toContain(event.ID);
  });

  it('keys of every form come back as they went in', async () => {
    const { kv } = api();
    for (const key of ['a b', 'ü/é', 'x?y#z%20', "q'(*)!", 'tail/', '+&=;,$@:']) {
      await kv.put(`keys/${key}`, key);
      expect((await kv.get(`keys/${key}`)).data!.Key).toBe(`keys/${key}`);
    }
    const found = (await kv.keys('keys/')).data;
    expect(found).toHaveLength(6);
  });

  it('errors carry status and text', async () => {
    await expect(api().read('/v1/nowhere')).rejects.toMatchObject({
      status: 404,
      retryable: false,
    });
    await expect(api().catalog.nodes({ filter: 'nope ==' })).rejects.toMatchObject({
      name: 'ApiError',
    });
  });
});
