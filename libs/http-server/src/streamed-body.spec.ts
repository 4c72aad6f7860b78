import { connect } from 'node:net';
import { MeshError } from '@mesh/base';
import { type BoundRoute, type RequestContext, textReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import { ask, boundRoute, startRig } from './testing/server-rig.ts';

const ROW = {
  method: 'PUT',
  path: '/v1/upload',
  consistency: 'write',
  maxBodyBytes: 10_000_000,
  streamedBody: true,
} as const;

let server: (HttpServer & { port: number }) | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(take: (request: RequestContext) => Promise<string>): Promise<number> {
  const route: BoundRoute = boundRoute(ROW, async (request) => textReply(200, await take(request)));
  server = await startRig([route]);
  return server.port;
}

async function sizeOf({ bodyStream, body }: RequestContext): Promise<string> {
  expect(body.length).toBe(0);
  let bytes = 0;
  for await (const chunk of bodyStream!) bytes += chunk.length;
  return String(bytes);
}

const upload = (port: number, bytes: number, headers = {}) =>
  ask(port, '/v1/upload', { method: 'PUT', headers, body: Buffer.alloc(bytes, 'x') });

test('a body is handed on as it arrives', async () => {
  const port = await start(sizeOf);
  for (const bytes of [0, 1, 5_000_000]) expect((await upload(port, bytes)).text).toBe(`${bytes}`);
  const chunked = { 'Transfer-Encoding': 'chunked' };
  expect((await upload(port, 300_000, chunked)).text).toBe('300000');
});

test('no faster than it is taken', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let started = () => {};
  const taking = new Promise<void>((resolve) => {
    started = resolve;
  });
  const port = await start(async (request) => {
    started();
    await held;
    return sizeOf(request);
  });
  const socket = connect(port, '127.0.0.1');
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (bytes) => resolve(bytes.toString()));
  });
  socket.write('PUT /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n');
  let isWritten = false;
  socket.write(Buffer.alloc(8_000_000), () => {
    isWritten = true;
  });
  await taking;
  // Buffers of the sockets hold some of it, but nothing like all.
  expect(isWritten).toBe(false);
  release();
  expect(await answer).toContain('200 OK');
  socket.destroy();
});

test('more than the limit is refused, announced or not', async () => {
  const port = await start(sizeOf);
  for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
    const { status, text } = await upload(port, 10_000_001, headers);
    expect([status, text.includes('too large, max size: 10000000 bytes')]).toEqual([413, true]);
  }
});

test('what the handler leaves is dropped, and the connection goes on', async () => {
  const port = await start(async ({ bodyStream }) => {
    for await (const _ of bodyStream!) throw new MeshError('invalid-argument', 'not like that');
    return 'ok';
  });
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (bytes) => {
    received += bytes.toString();
  });
  const answers = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (received.split('not like that').length > count) resolve();
      };
      socket.on('data', look);
      look();
    });
  const head = 'PUT /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n';
  for (const nth of [1, 2]) {
    socket.write(head);
    socket.write(Buffer.alloc(3_000_000));
    await answers(nth);
  }
  expect(received.match(/HTTP\/1.1 400/g)).toHaveLength(2);
  socket.destroy();
});

test('a client that goes away ends the walk', async () => {
  let told: (error: unknown) => void = () => {};
  const outcome = new Promise<unknown>((resolve) => {
    told = resolve;
  });
  const port = await start(async (request) => {
    await sizeOf(request).catch(told);
    return '';
  });
  const socket = connect(port, '127.0.0.1');
  socket.write('PUT /v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
  socket.end();
  expect(await outcome).toMatchObject({ code: 'cancelled' });
});
