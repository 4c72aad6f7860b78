import type { LiveUpdate } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { jsonReply, textReply } from '@mesh/resource';
import { WebSocket } from 'ws';
import type { HttpServer } from '../http-server.ts';
import { boundRoute, RigState, readRow, startRig } from '../testing/server-rig.ts';

let server: HttpServer & { port: number };
let state: RigState;
const clients: WebSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate();
  await server.stop();
});

async function start(
  config: Parameters<typeof startRig>[1] = {},
  options: Parameters<typeof startRig>[2] = {},
): Promise<void> {
  state = new RigState();
  const routes = [
    boundRoute(readRow('/v1/kv/*key'), state.handler),
    boundRoute({ path: '/v1/status/leader' }, () => jsonReply('x')),
    boundRoute(readRow('/v1/refuse'), () => textReply(400, 'no name')),
    boundRoute(readRow('/v1/denied'), () => {
      throw new MeshError('permission-denied', 'Permission denied');
    }),
    boundRoute(readRow('/v1/who'), (request) => ({
      ...jsonReply(request.token),
      meta: { index: 1, knownLeader: true, lastContactMs: 0 },
    })),
    boundRoute(readRow('/v1/quick'), () => ({
      ...jsonReply('x'.repeat(100_000)),
      meta: { index: ++quickIndex, knownLeader: true, lastContactMs: 0 },
    })),
  ];
  server = await startRig(routes, config, options);
}
let quickIndex = 0;

/** A client with its messages. */
class Client {
  readonly updates: LiveUpdate[] = [];
  readonly socket: WebSocket;
  private waiting: (() => void) | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    clients.push(socket);
    socket.on('message', (data) => {
      this.updates.push(JSON.parse(String(data)) as LiveUpdate);
      this.waiting?.();
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async next(): Promise<LiveUpdate> {
    if (this.updates.length === 0) {
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
    return this.updates.shift()!;
  }
}

function open(path = '/v1/live', headers: Record<string, string> = {}): Promise<Client> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.once('open', () => resolve(new Client(socket)));
    socket.once('error', reject);
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('sends the answer, then each change', async () => {
  await start();
  const client = await open();
  client.send({ id: 'a', path: '/v1/kv/app?recurse' });
  expect(await client.next()).toEqual({ id: 'a', index: 10, status: 200, body: 'first' });
  await until(() => state.parkedCount === 1);
  state.set({ deep: ['<&>'] });
  expect(await client.next()).toEqual({ id: 'a', index: 11, status: 200, body: { deep: ['<&>'] } });
});

test('with a known index it waits for the change', async () => {
  await start();
  const client = await open();
  client.send({ id: 'a', path: '/v1/kv/app', index: 10 });
  await until(() => state.parkedCount === 1);
  state.set('second');
  expect(await client.next()).toMatchObject({ index: 11, body: 'second' });
});

test('many subscriptions on one connection, cancelled one by one', async () => {
  await start();
  const client = await open();
  for (let at = 0; at < 100; at++) client.send({ id: `s${at}`, path: `/v1/kv/${at}` });
  await until(() => state.parkedCount === 100);
  for (let at = 0; at < 99; at++) client.send({ id: `s${at}`, cancel: true });
  await until(() => state.parkedCount === 1);
  client.updates.length = 0;
  state.set('second');
  expect(await client.next()).toMatchObject({ id: 's99' });
  await until(() => state.parkedCount === 1);
  expect(client.updates).toHaveLength(0);
});

test('a closed connection leaves nothing parked', async () => {
  await start();
  const client = await open();
  for (let at = 0; at < 10; at++) client.send({ id: `s${at}`, path: `/v1/kv/${at}` });
  await until(() => state.parkedCount === 10);
  client.socket.terminate();
  await until(() => state.parkedCount === 0);
});

test.each([
  ['not json', 400, 'not JSON'],
  ['null', 400, 'not an object'],
  [{ path: '/v1/kv/a' }, 400, 'id'],
  [{ id: 'x'.repeat(65), path: '/v1/kv/a' }, 400, 'id'],
  [{ id: 'a', path: 7 }, 400, 'path'],
  [{ id: 'a', path: '/v1/kv/a', index: -1 }, 400, 'index'],
  [{ id: 'a', path: '/v1/kv/a', index: '1' }, 400, 'index'],
  [{ id: 'a', path: '/v1/nope' }, 404, 'no route'],
  [{ id: 'a', path: '/v1/status/leader' }, 400, 'cannot be watched'],
  [{ id: 'a', path: '/v1/kv/%zz' }, 400, 'escape'],
  [{ id: 'a', path: '/v1/kv/a?stale&consistent' }, 400, 'Cannot specify'],
  [{ id: 'a', path: '/v1/refuse' }, 400, 'no name'],
  [{ id: 'a', path: '/v1/denied' }, 403, 'Permission denied'],
])('refuses %j', async (message, status, text) => {
  await start();
  const client = await open();
  client.send(message);
  const update = await client.next();
  expect([update.index, update.status]).toEqual([0, status]);
  expect(update.body).toContain(text);
  client.send({ id: 'a', path: '/v1/kv/a' });
  expect(await client.next()).toMatchObject({ id: 'a', status: 200 });
});

test('an id in use is refused', async () => {
  await start();
  const client = await open();
  client.send({ id: 'a', path: '/v1/kv/a' });
  await client.next();
  client.send({ id: 'a', path: '/v1/kv/b' });
  expect(await client.next()).toMatchObject({ id: 'a', status: 400 });
});

test('blocked endpoints stay blocked', async () => {
  await start({ blockEndpoints: ['/v1/kv/secret'] });
  const client = await open();
  client.send({ id: 'a', path: '/v1/kv/%73ecret/x' });
  expect(await client.next()).toMatchObject({ status: 403 });
});

test('tokens: of the subscription, of the URL, of the headers', async () => {
  await start();
  const client = await open('/v1/live?token=url', { 'X-Consul-Token': 'header' });
  client.send({ id: 'a', path: '/v1/who' });
  expect((await client.next()).body).toBe('url');
  client.send({ id: 'b', path: '/v1/who?token=own' });
  expect((await client.next()).body).toBe('own');
  const other = await open('/v1/live', { Authorization: 'Bearer header' });
  other.send({ id: 'a', path: '/v1/who' });
  expect((await other.next()).body).toBe('header');
});

test('pages of other origins are refused, own ones and named ones are not', async () => {
  await start({ responseHeaders: { 'Access-Control-Allow-Origin': 'https://ops.example' } });
  await expect(open('/v1/live', { Origin: 'http://evil.example' })).rejects.toThrow('403');
  await open('/v1/live', { Origin: `http://127.0.0.1:${server.port}` });
  await open('/v1/live', { Origin: 'https://ops.example' });
});

test('can be switched off', async () => {
  await start({}, { live: false });
  await expect(open()).rejects.toThrow('404');
});

test('too long a message ends the connection', async () => {
  await start();
  const client = await open();
  const closed = new Promise<number>((resolve) => client.socket.on('close', resolve));
  client.socket.on('error', () => {});
  client.send('x'.repeat(100_000));
  expect(await closed).toBe(1009);
});

test('a slow client is not sent what it would never read', async () => {
  await start();
  const client = await open();
  client.socket.pause();
  client.send({ id: 'a', path: '/v1/quick' });
  const indexes = new Set<number>();
  await until(() => {
    const before = indexes.size;
    indexes.add(quickIndex);
    return indexes.size === before;
  });
  // Every evaluation is held until the one before it was taken: what runs ahead is bounded by the sockets.
  expect(quickIndex).toBeLessThan(1000);
  client.socket.resume();
  let last = 0;
  for (let count = 0; count < 20; count++) {
    const { index } = await client.next();
    expect(index).toBeGreaterThan(last);
    last = index;
  }
});

test('a stop closes connections with "going away"', async () => {
  await start();
  const client = await open();
  const closed = new Promise<number>((resolve) => client.socket.on('close', resolve));
  await server.stop();
  expect(await closed).toBe(1001);
});

test('a client that does not answer the goodbye does not hold up the stop', async () => {
  await start({}, { timings: { stopGraceMs: 50 } });
  const client = await open();
  client.socket.pause();
  const closed = new Promise((resolve) => client.socket.on('close', resolve));
  await server.stop();
  client.socket.resume();
  await closed;
});
