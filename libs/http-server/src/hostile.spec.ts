import { connect, type Socket } from 'node:net';
import { jsonReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import {
  ask,
  boundRoute,
  RIG_CONFIG,
  RigState,
  readRow,
  sendRaw,
  startRig,
} from './testing/server-rig.ts';

/** Clients that mean harm or are broken: the server goes on, and nothing of them stays. */

let server: HttpServer & { port: number };
const state = new RigState();
const routes = [
  boundRoute({ path: '/v1/status/leader' }, () => jsonReply('x')),
  boundRoute(readRow('/v1/kv/*key'), state.handler),
  boundRoute(
    { method: 'PUT', path: '/v1/kv/*key', consistency: 'write', maxBodyBytes: 1000 },
    (request) => jsonReply(request.body.length),
  ),
];

async function startWith(
  ...rest: [Parameters<typeof startRig>[1]?, Parameters<typeof startRig>[2]?]
) {
  server = await startRig(routes, ...rest);
}

afterEach(() => server.stop());

/** xorshift32: the same requests each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const GOOD = [
  'GET /v1/kv/a?index=1&wait=1s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n',
  'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
  'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'GET /v1/status/leader?pretty HTTP/1.0\r\nX-Consul-Token: t\r\nCache-Control: max-age=1\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET /v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'GET http://other/v1//kv/%2e%2e/%zz?%zz HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n',
];

function mutate(random: (below: number) => number): Buffer {
  const bytes = Buffer.from(GOOD[random(GOOD.length)]!, 'latin1');
  const changes = random(6);
  for (let change = 0; change < changes; change++) bytes[random(bytes.length)] = random(256);
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

test('10,000 malformed requests', async () => {
  await startWith();
  const random = randomOf(20_861);
  const before = await ask(server.port, '/v1/kv/a');
  for (let round = 0; round < 100; round++) {
    const batch = Array.from({ length: 100 }, () => sendRaw(server.port, mutate(random)));
    await Promise.all(batch);
  }
  const after = await ask(server.port, '/v1/kv/a');
  expect([after.status, after.text]).toEqual([before.status, before.text]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(state.parkedCount).toBe(0);
}, 60_000);

test('what is not HTTP gets a 400 and the line', async () => {
  await startWith();
  expect(await sendRaw(server.port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(await sendRaw(server.port, Buffer.from([22, 3, 1, 0, 200, 1]))).toMatch(
    /^HTTP\/1\.1 400 /,
  );
});

test('huge headers and URLs get a 431', async () => {
  await startWith();
  const header = `GET /v1/kv/a HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(200_000)}\r\n\r\n`;
  expect(await sendRaw(server.port, header)).toMatch(/^(HTTP\/1\.1 431 .*)?$/s);
  const url = `GET /v1/kv/${'x'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`;
  expect(await sendRaw(server.port, url)).toMatch(/^(HTTP\/1\.1 431 .*)?$/s);
  const long = await ask(server.port, `/v1/kv/${'x'.repeat(50_000)}`);
  expect(long.status).toBe(200);
});

test('two lengths for one body are refused (request smuggling)', async () => {
  await startWith();
  const head = 'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\n';
  for (const headers of [
    'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n',
    'Content-Length: 3\r\nContent-Length: 4\r\n',
    'Transfer-Encoding: chunked, identity\r\n',
    'Content-Length: -1\r\n',
  ]) {
    const answer = await sendRaw(server.port, `${head}${headers}\r\nabc`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  }
});

test('an upload that breaks off leaves nothing', async () => {
  await startWith();
  for (let round = 0; round < 200; round++) {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nabc');
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (round % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
  }
  expect((await ask(server.port, '/v1/kv/a', { method: 'PUT', body: 'ok' })).text).toBe('2');
});

test('an endless body is cut off', async () => {
  await startWith();
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  let sent = 0;
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  socket.resume();
  while (!isClosed && sent < 64 * 1024 * 1024) {
    sent += chunk.length;
    if (!socket.write(chunk)) {
      await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
    }
  }
  expect(isClosed).toBe(true);
});

test('slow clients are dropped, quick ones served meanwhile', async () => {
  await startWith({}, { timings: { headersMs: 150, requestMs: 300, checkMs: 50 } });
  const slow: { socket: Socket; received: string; closed: Promise<void> }[] = [];
  for (let count = 0; count < 50; count++) {
    const socket = connect(server.port, '127.0.0.1');
    const entry = { socket, received: '', closed: Promise.resolve() };
    entry.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      entry.received += chunk.toString();
    });
    const head = count % 2 === 0 ? 'GET /v1/kv/a HT' : 'PUT /v1/kv/a HTTP/1.1\r\nHost: x\r\n';
    socket.write(count % 2 === 0 ? head : `${head}Content-Length: 9\r\n\r\nab`);
    slow.push(entry);
  }
  expect((await ask(server.port, '/v1/kv/a')).status).toBe(200);
  await Promise.all(slow.map(({ closed }) => closed));
  for (const { received } of slow) expect(received).toMatch(/^(HTTP\/1\.1 408 .*)?$/s);
});

test('connections beyond the limit of one client get a 429, and room is given back', async () => {
  await startWith({ maxConnectionsPerClient: 5 });
  const open: Socket[] = [];
  for (let count = 0; count < 5; count++) {
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    open.push(socket);
  }
  const refused = await sendRaw(server.port, 'GET /v1/kv/a HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(refused).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n.*rate limit$/s);
  for (const socket of open) socket.destroy();
  let status = 0;
  while (status !== 200) {
    const retry = await ask(server.port, '/v1/kv/a').catch(() => undefined);
    status = retry?.status ?? 0;
  }
  server.reconfigure({ ...RIG_CONFIG, maxConnectionsPerClient: 0 });
  const many = Array.from({ length: 20 }, () => ask(server.port, '/v1/kv/a'));
  for (const answer of await Promise.all(many)) expect(answer.status).toBe(200);
});

test('pipelined requests are answered in order', async () => {
  await startWith();
  const requests =
    'GET /v1/kv/a HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/nope HTTP/1.1\r\nHost: x\r\n\r\n';
  const last = 'GET /v1/kv/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const raw = await sendRaw(server.port, requests.repeat(20) + last);
  const statuses = [...raw.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toHaveLength(41);
  expect(statuses.slice(0, 4)).toEqual(['200', '404', '200', '404']);
});
