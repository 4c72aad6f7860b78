import { DecodeError } from './errors.ts';
import { KvClient } from './kv-client.ts';
import { FakeAgent } from './testing/fake-agent.ts';

function setUp() {
  const agent = new FakeAgent();
  return { agent, kv: new KvClient({ fetch: agent.fetch, WebSocket: null }) };
}

describe('KvStore', () => {
  it('writes, reads and deletes', async () => {
    const { kv } = setUp();
    expect(await kv.get('a')).toBeUndefined();
    await kv.put('a', 'grüß', { flags: 2n ** 64n - 1n });
    const entry = await kv.get('a');
    expect(entry).toMatchObject({ key: 'a', value: 'grüß', flags: 2n ** 64n - 1n });
    expect(entry!.session).toBeUndefined();
    await kv.delete('a');
    expect(await kv.get('a')).toBeUndefined();
  });

  it('lists by prefix; a store below a prefix leaves it out', async () => {
    const { kv } = setUp();
    for (const key of ['app/a', 'app/b/c', 'other']) await kv.put(key, key);
    expect((await kv.list('app/')).map(({ key }) => key)).toEqual(['app/a', 'app/b/c']);
    const app = kv.at('app/');
    expect(await app.keys()).toEqual(['a', 'b/c']);
    expect((await app.get('a'))!.key).toBe('a');
    expect((await app.at('b/').list())[0]).toMatchObject({ key: 'c', value: 'app/b/c' });
    await app.deletePrefix('');
    expect(await kv.keys()).toEqual(['other']);
  });

  it('writes on condition', async () => {
    const { kv } = setUp();
    expect(await kv.cas('a', '1', 0)).toBe(true);
    expect(await kv.cas('a', '2', 0)).toBe(false);
    const { modifyIndex } = (await kv.get('a'))!;
    expect(await kv.cas('a', '2', modifyIndex)).toBe(true);
    expect(await kv.delete('a', { modifyIndex })).toBe(false);
    expect((await kv.get('a'))!.value).toBe('2');
  });

  it('updates again until nobody else wrote in between', async () => {
    const { agent, kv } = setUp();
    const counters = kv.json<number>('n/');
    await counters.put('x', 1, { flags: 7 });
    let calls = 0;
    const result = await counters.update('x', (value) => {
      if (++calls === 1) agent.write('n/x', '10');
      return (value ?? 0) + 1;
    });
    expect([result, calls, agent.text('n/x')]).toEqual([11, 2, '11']);
    expect(await counters.update('x', () => undefined)).toBe(11);
    expect(await counters.update('new', (value) => value ?? 5)).toBe(5);
  });

  it('values are texts, JSON or bytes', async () => {
    const { agent, kv } = setUp();
    const settings = kv.json<{ port: number }>('settings/', (value) => {
      if (typeof (value as { port?: unknown }).port !== 'number') throw new Error('no port');
      return value as { port: number };
    });
    await settings.put('web', { port: 80 });
    expect(agent.text('settings/web')).toBe('{"port":80}');
    expect((await settings.get('web'))!.value.port).toBe(80);
    agent.write('settings/bad', '{}');
    agent.write('settings/worse', '{');
    await expect(settings.get('bad')).rejects.toThrow(
      'key settings/bad: the value cannot be decoded: no port',
    );
    await expect(settings.get('worse')).rejects.toBeInstanceOf(DecodeError);
  });

  it('follows a key', async () => {
    const { agent, kv } = setUp();
    const abort = new AbortController();
    const seen: (string | undefined)[] = [];
    for await (const entry of kv.watch('a', { signal: abort.signal })) {
      seen.push(entry?.value);
      if (seen.length === 1) agent.write('a', '1');
      else if (seen.length === 2) agent.write('a', '2');
      else abort.abort();
    }
    expect(seen).toEqual([undefined, '1', '2']);
  });

  it('follows a prefix', async () => {
    const { agent, kv } = setUp();
    agent.write('p/a', '1');
    const seen: string[][] = [];
    for await (const entries of kv.at('p/').watchPrefix()) {
      seen.push(entries.map(({ key, value }) => `${key}=${value}`));
      if (seen.length === 2) break;
      agent.write('p/b', '2');
    }
    expect(seen).toEqual([['a=1'], ['a=1', 'b=2']]);
  });
});
