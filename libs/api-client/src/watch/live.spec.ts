import { ApiClient } from '../client.ts';
import { FakeFetch, indexed } from '../testing/fake-fetch.ts';
import { FakeWebSocket } from '../testing/fake-web-socket.ts';
import { InstantPlatform } from '../testing/instant-platform.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function setUp(...script: ConstructorParameters<typeof FakeFetch>) {
  FakeWebSocket.all.length = 0;
  const fake = new FakeFetch(...script);
  const platform = new InstantPlatform();
  const client = new ApiClient({
    address: 'https://agent:8501',
    token: 't 1',
    fetch: fake.fetch,
    platform,
    WebSocket: FakeWebSocket,
  });
  return { fake, platform, client };
}

describe('watch over a WebSocket', () => {
  it('subscribes once open, and yields what is pushed', async () => {
    const { client, fake } = setUp();
    const watch = client.kv.get('a').watch();
    const first = watch.next();
    await turn();
    const socket = FakeWebSocket.last;
    expect(socket.url).toBe('wss://agent:8501/v1/live?token=t%201');
    expect(socket.sent).toEqual([]);
    socket.open();
    expect(socket.sent).toEqual([{ id: '1', path: '/v1/kv/a', index: 0 }]);
    socket.push({ id: '1', index: 4, status: 404, body: null });
    expect((await first).value).toMatchObject({ data: undefined, index: 4, status: 404 });
    const second = watch.next();
    const body = [
      { Key: 'a', Value: 'YQ==', Flags: 1, LockIndex: 0, CreateIndex: 5, ModifyIndex: 5 },
    ];
    socket.push({ id: '1', index: 5, status: 200, body });
    expect((await second).value!.data!.ModifyIndex).toBe(5);
    await watch.return();
    expect(socket.sent.at(-1)).toEqual({ id: '1', cancel: true });
    expect(fake.requests).toHaveLength(0);
  });

  it('keeps the bits of wide flags', async () => {
    const { client } = setUp();
    const first = client.kv.get('a').watch().next();
    await turn();
    FakeWebSocket.last.open();
    FakeWebSocket.last.push(
      '{"id":"1","index":5,"status":200,' +
        '"body":[{"Key":"a","Value":null,"Flags":18446744073709551615}]}',
    );
    expect((await first).value!.data!.Flags).toBe(18446744073709551615n);
  });

  it('watches share a connection, which closes when idle', async () => {
    const { client, platform } = setUp();
    const one = client.watch('/v1/a');
    const two = client.watch('/v1/b');
    const pending = [one.next(), two.next()];
    await turn();
    expect(FakeWebSocket.all).toHaveLength(1);
    const socket = FakeWebSocket.last;
    socket.open();
    socket.push({ id: '2', index: 1, status: 200, body: 'b' });
    socket.push({ id: '1', index: 1, status: 200, body: 'a' });
    expect((await Promise.all(pending)).map(({ value }) => value!.data)).toEqual(['a', 'b']);
    await Promise.all([one.return(), two.return()]);
    platform.advance(5000);
    expect(socket.closed).toBe(true);
  });

  it('a slow reader gets the newest state', async () => {
    const { client } = setUp();
    const watch = client.watch('/v1/a');
    const first = watch.next();
    await turn();
    FakeWebSocket.last.open();
    for (let index = 1; index <= 5; index++) {
      FakeWebSocket.last.push({ id: '1', index, status: 200, body: index });
      if (index === 1) await first;
    }
    expect((await watch.next()).value!.data).toBe(5);
  });

  it('without the route it asks by blocking queries, at once and silently', async () => {
    const { client, fake, platform } = setUp(indexed(5, 'a'), indexed(6, 'b'));
    const retries: unknown[] = [];
    const watch = client.watch('/v1/x', { onRetry: (error) => retries.push(error) });
    const first = watch.next();
    await turn();
    FakeWebSocket.last.end();
    expect((await first).value!.data).toBe('a');
    expect((await watch.next()).value!.data).toBe('b');
    expect([retries, platform.slept]).toEqual([[], []]);
    expect(fake.path(1)).toBe('/v1/x?index=5');
    // Another watch does not try the WebSocket again, until some minutes later.
    const other = client.watch('/v1/y').next();
    await turn();
    expect(FakeWebSocket.all).toHaveLength(1);
    platform.advance(300_000);
    void client.watch('/v1/z').next();
    await turn();
    expect(FakeWebSocket.all).toHaveLength(2);
    void other;
  });

  it('a path that cannot be watched is asked by blocking queries; others stay', async () => {
    const { client, fake } = setUp(indexed(1, 'event'));
    const events = client.watch('/v1/event/list').next();
    await turn();
    const socket = FakeWebSocket.last;
    socket.open();
    socket.push({ id: '1', index: 0, status: 400, body: 'path: cannot be watched' });
    expect((await events).value!.data).toBe('event');
    expect(fake.path(0)).toBe('/v1/event/list?index=0');
    const other = client.watch('/v1/a').next();
    await turn();
    socket.push({ id: '2', index: 3, status: 200, body: 'a' });
    expect((await other).value!.data).toBe('a');
  });

  it('a lost connection is made anew, from the last index on', async () => {
    const { client, platform } = setUp();
    const watch = client.watch('/v1/a');
    const first = watch.next();
    await turn();
    FakeWebSocket.last.open();
    FakeWebSocket.last.push({ id: '1', index: 7, status: 200, body: 'a' });
    await first;
    const second = watch.next();
    await turn();
    FakeWebSocket.last.end();
    while (FakeWebSocket.all.length < 2) await turn();
    expect(platform.slept).toEqual([150]);
    FakeWebSocket.last.open();
    expect(FakeWebSocket.last.sent).toEqual([{ id: '2', path: '/v1/a', index: 7 }]);
    FakeWebSocket.last.push({ id: '2', index: 9, status: 200, body: 'b' });
    expect((await second).value!.data).toBe('b');
  });

  it('what is not JSON costs the connection, not the watch', async () => {
    const { client } = setUp();
    const first = client.watch('/v1/a').next();
    await turn();
    FakeWebSocket.last.open();
    FakeWebSocket.last.push('nonsense');
    while (FakeWebSocket.all.length < 2) await turn();
    expect(FakeWebSocket.all[0]!.closed).toBe(true);
    FakeWebSocket.last.open();
    FakeWebSocket.last.push({ id: '2', index: 1, status: 200, body: 'a' });
    expect((await first).value!.data).toBe('a');
  });

  it('throws what asking again cannot help', async () => {
    const { client } = setUp();
    const first = client.watch('/v1/a').next();
    await turn();
    FakeWebSocket.last.open();
    FakeWebSocket.last.push({ id: '1', index: 0, status: 403, body: 'Permission denied' });
    await expect(first).rejects.toMatchObject({ status: 403, body: 'Permission denied' });
  });

  it('ends with its signal', async () => {
    const { client } = setUp();
    const abort = new AbortController();
    const first = client.watch('/v1/a', { signal: abort.signal }).next();
    await turn();
    FakeWebSocket.last.open();
    abort.abort();
    expect(await first).toEqual({ done: true, value: undefined });
    expect(FakeWebSocket.last.sent.at(-1)).toEqual({ id: '1', cancel: true });
  });
});
