import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { MeshError } from '@mesh/base';
import { type BoundRoute, emptyReply, jsonReply, textReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import {
  ask,
  boundRoute,
  RigState,
  readRow,
  recordingLogger,
  startRig,
} from './testing/server-rig.ts';

let server: (HttpServer & { port: number }) | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(...args: Parameters<typeof startRig>): Promise<number> {
  server = await startRig(...args);
  return server.port;
}

const leader = boundRoute({ path: '/v1/status/leader' }, () => jsonReply('127.0.0.1:8300'));
const put = boundRoute(
  { method: 'PUT', path: '/v1/kv/*key', consistency: 'write', maxBodyBytes: 1000 },
  (request) => jsonReply(request.body.length),
);

function stateRoutes(state: RigState): readonly BoundRoute[] {
  return [leader, put, boundRoute(readRow('/v1/kv/*key'), state.handler)];
}

describe('answers', () => {
  test('JSON, pretty or not', async () => {
    const port = await start([leader]);
    const compact = await ask(port, '/v1/status/leader');
    expect(compact.text).toBe('"127.0.0.1:8300"');
    expect(compact.headers).toMatchObject({
      'content-type': 'application/json',
      vary: 'Accept-Encoding',
      'content-length': '16',
    });
    expect((await ask(port, '/v1/status/leader?pretty')).text).toBe('"127.0.0.1:8300"\n');
  });

  test('always pretty when configured', async () => {
    const list = boundRoute({ path: '/v1/list' }, () => jsonReply([1]));
    const port = await start([list], { alwaysPretty: true });
    expect((await ask(port, '/v1/list')).text).toBe('[\n    1\n]\n');
  });

  test('response headers and address translation', async () => {
    const config = { responseHeaders: { 'X-Test': 'yes' } };
    const port = await start([leader], config, { translateAddresses: true });
    for (const method of ['GET', 'DELETE', 'OPTIONS']) {
      const { headers } = await ask(port, '/v1/status/leader', { method });
      expect(headers).toMatchObject({ 'x-test': 'yes', 'x-consul-translate-addresses': 'true' });
    }
  });

  test('a response header that HTTP does not allow is refused at once', async () => {
    const refused = [
      ['X Test', 'a'],
      ['X-Test', 'a\r\nX-Forged: b'],
    ] as const;
    for (const [name, value] of refused) {
      const responseHeaders = { [name]: value };
      await expect(startRig([leader], { responseHeaders })).rejects.toThrow('not a valid header');
    }
  });

  test('text, bytes, empty, and headers of the handler', async () => {
    const port = await start([
      boundRoute({ path: '/v1/text' }, () => textReply(415, 'no')),
      boundRoute({ path: '/v1/empty' }, () => emptyReply(404)),
      boundRoute({ path: '/v1/bytes' }, () => ({
        kind: 'bytes',
        status: 200,
        bytes: new Uint8Array([0, 255]),
        contentType: 'application/octet-stream',
        headers: { 'X-Reason': 'a\r\nX-Forged: é漢' },
      })),
    ]);
    const text = await ask(port, '/v1/text');
    expect([text.status, text.text]).toEqual([415, 'no']);
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    const empty = await ask(port, '/v1/empty');
    expect([empty.status, empty.text, empty.headers['content-type']]).toEqual([404, '', undefined]);
    const bytes = await ask(port, '/v1/bytes');
    expect([...bytes.body]).toEqual([0, 255]);
    expect(bytes.headers['x-reason']).toBe('a??X-Forged: é?');
  });

  test('gzip when accepted, for answers kept and new, small and large', async () => {
    const state = new RigState();
    state.value = 'x'.repeat(5000);
    const port = await start(stateRoutes(state));
    const headers = { 'Accept-Encoding': 'gzip' };
    for (const path of ['/v1/status/leader', '/v1/kv/a', '/v1/kv/a']) {
      const plain = await ask(port, path);
      const zipped = await ask(port, path, { headers });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(gunzipSync(zipped.body).toString()).toBe(plain.text);
    }
  });

  test('keep-alive connections carry one answer after the other', async () => {
    const port = await start(stateRoutes(new RigState()));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 5; round++) {
      const got = await ask(port, '/v1/kv/a', { agent });
      expect([got.text, got.headers['keep-alive']]).toEqual(['"first"', 'timeout=120']);
      const stored = await ask(port, '/v1/kv/a', { agent, method: 'PUT', body: 'abc' });
      expect(stored.text).toBe('3');
    }
    agent.destroy();
  });
});

describe('errors', () => {
  const failing = (error: Error) =>
    boundRoute(readRow('/v1/fail'), () => {
      throw error;
    });

  test('are texts with the status of their code', async () => {
    const port = await start([failing(new MeshError('permission-denied', 'no <way>'))]);
    const answer = await ask(port, '/v1/fail');
    expect([answer.status, answer.text]).toEqual([403, 'no <way>']);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('of the cluster carry the headers that clients read', async () => {
    const port = await start([failing(new MeshError('no-leader', 'No cluster leader'))]);
    const answer = await ask(port, '/v1/fail');
    expect([answer.status, answer.text]).toEqual([500, 'No cluster leader']);
    expect(answer.headers).toMatchObject({
      'x-consul-index': '1',
      'x-consul-knownleader': 'false',
      'x-consul-lastcontact': '0',
    });
  });

  test('of our own stay in the log', async () => {
    const lines: string[] = [];
    const routes = [failing(new Error('secret detail'))];
    const port = await start(routes, {}, { logger: recordingLogger(lines) });
    const answer = await ask(port, '/v1/fail');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(lines.find((line) => line.startsWith('ERROR'))).toContain('secret detail');
  });

  test('before the handler: bad common parameters', async () => {
    const port = await start(stateRoutes(new RigState()));
    for (const [path, status] of [
      ['/v1/kv/a?index=x', 400],
      ['/v1/kv/a?stale&consistent', 400],
      ['/v1/kv/a?wait=5', 400],
      ['/v1/kv/a?x=%zz', 400],
      ['/v1/kv/a?ns=team', 400],
    ] as const) {
      expect((await ask(port, path)).status).toBe(status);
    }
    const header = await ask(port, '/v1/kv/a', { headers: { 'Cache-Control': 'max-age=abc' } });
    expect([header.status, header.text]).toEqual([400, 'Invalid Cache-Control header.']);
  });
});

describe('bodies', () => {
  test('up to the limit of the row, in one piece or many', async () => {
    const port = await start([put]);
    const send = (body: string, headers = {}) =>
      ask(port, '/v1/kv/a', { method: 'PUT', body, headers });
    expect((await send('x'.repeat(1000))).text).toBe('1000');
    expect((await send('x'.repeat(1000), { 'Transfer-Encoding': 'chunked' })).text).toBe('1000');
    for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      const refused = await send('x'.repeat(100_000), headers);
      expect(refused.status).toBe(413);
      expect(refused.text).toMatch(/Request body\(\d+ bytes\) too large, max size: 1000 bytes/);
    }
    expect((await send('')).text).toBe('0');
  });

  test('the limit may be configured', async () => {
    const port = await start([put], {}, { bodyLimitBytes: () => 5 });
    expect((await ask(port, '/v1/kv/a', { method: 'PUT', body: '123456' })).status).toBe(413);
  });
});

describe('access', () => {
  test('blocked endpoints', async () => {
    const port = await start(stateRoutes(new RigState()), {
      blockEndpoints: ['/v1/status', '/v1/kv/secret'],
    });
    for (const path of ['/v1/status/leader', '/v1/kv/secret/a', '/v1/kv/%73ecret']) {
      const answer = await ask(port, path);
      expect([answer.status, answer.text]).toEqual([
        403,
        'Endpoint is blocked by agent configuration',
      ]);
    }
    expect((await ask(port, '/v1/kv/public')).status).toBe(200);
  });

  test('writes from elsewhere', async () => {
    const port = await start(stateRoutes(new RigState()), { allowWriteFrom: ['10.0.0.0/8'] });
    const refused = await ask(port, '/v1/kv/a', { method: 'PUT', body: 'x' });
    expect([refused.status, refused.text]).toEqual([403, 'Access is restricted']);
    expect((await ask(port, '/v1/kv/a')).status).toBe(200);
  });
});

test('the log line of a request has no token in it', async () => {
  const lines: string[] = [];
  const port = await start([leader], {}, { logger: recordingLogger(lines) });
  await ask(port, '/v1/status/leader?a=1&token=secret&b=2');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('url=/v1/status/leader?a=1&token=<hidden>&b=2 from=127.0.0.1:');
  expect(lines[0]).toMatch(/^DEBUG Request finished method=GET .* latency=[\d.]+(µs|ms)$/);
});

test('measures by route', async () => {
  const samples: string[] = [];
  const metrics = { count() {}, gauge() {}, sample: (name: string) => void samples.push(name) };
  const port = await start(stateRoutes(new RigState()), {}, { metrics });
  for (const path of ['/v1/kv/a', '/v1/kv/a', '/v1/status/leader']) await ask(port, path);
  expect(samples).toEqual(['http.GET.v1.kv._', 'http.GET.v1.kv._', 'http.GET.v1.status.leader']);
});

test('streams go on until the client hangs up', async () => {
  let aborted = 0;
  const stream = boundRoute({ path: '/v1/agent/monitor', consistency: 'stream' }, () => ({
    kind: 'stream',
    status: 200,
    contentType: '',
    async run(write, signal) {
      await write('one\n');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted++;
    },
  }));
  const port = await start([stream]);
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/v1/agent/monitor`, abort);
  const { value } = await response.body!.getReader().read();
  expect(Buffer.from(value!).toString()).toBe('one\n');
  abort.abort();
  while (aborted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(aborted).toBe(1);
});
