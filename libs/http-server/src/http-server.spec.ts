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

describe('kept answers', () => {
  test('are evaluated once and dropped by a change', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state));
    for (let round = 0; round < 3; round++) {
      const answer = await ask(port, '/v1/kv/a');
      expect([answer.text, answer.headers['x-consul-index']]).toEqual(['"first"', '10']);
    }
    expect(state.reads).toBe(1);
    state.set('second');
    const answer = await ask(port, '/v1/kv/a');
    expect([answer.text, answer.headers['x-consul-index']]).toEqual(['"second"', '11']);
    expect(state.reads).toBe(2);
  });

  test('are not shared between tokens, in whatever way they come', async () => {
    const seen = boundRoute(readRow('/v1/who'), (request) => ({
      ...jsonReply(request.token),
      meta: {
        index: 1,
        knownLeader: true,
        lastContactMs: 0,
        freshness: { isFresh: () => true, onStale: () => () => {} },
      },
    }));
    const port = await start([seen]);
    for (let round = 0; round < 2; round++) {
      for (const [headers, token] of [
        [{}, ''],
        [{ 'X-Consul-Token': 'one' }, 'one'],
        [{ 'X-CONSUL-TOKEN': 'two' }, 'two'],
        [{ Authorization: 'Bearer three' }, 'three'],
        [{ 'X-Consul-Token': '', Authorization: 'Bearer four' }, 'four'],
        [{ 'X-Consul-Token': 'five', Authorization: 'Bearer six' }, 'five'],
      ] as const) {
        expect((await ask(port, '/v1/who', { headers })).text).toBe(`"${token}"`);
      }
      expect((await ask(port, '/v1/who?token=seven')).text).toBe('"seven"');
    }
  });

  test('consistent reads and those with Cache-Control are evaluated each time', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state));
    await ask(port, '/v1/kv/a?consistent');
    await ask(port, '/v1/kv/a?consistent');
    expect(state.reads).toBe(2);
    const headers = { 'Cache-Control': 'no-cache' };
    await ask(port, '/v1/kv/a', { headers });
    await ask(port, '/v1/kv/a', { headers });
    expect(state.reads).toBe(4);
  });
});

describe('blocking queries', () => {
  test('wake by a change, and the encoded answer is shared', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state));
    const waiting = Array.from({ length: 20 }, () => ask(port, '/v1/kv/a?index=10&wait=60s'));
    while (state.parkedCount < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    state.set('second');
    for (const answer of await Promise.all(waiting)) {
      expect([answer.text, answer.headers['x-consul-index']]).toEqual(['"second"', '11']);
    }
    const reads = state.reads;
    expect((await ask(port, '/v1/kv/a?index=10&wait=60s')).text).toBe('"second"');
    expect((await ask(port, '/v1/kv/a')).text).toBe('"second"');
    expect(state.reads).toBe(reads);
  });

  test('end when the client hangs up', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state));
    const abort = new AbortController();
    const gone = ask(port, '/v1/kv/a?index=10', { signal: abort.signal });
    while (state.parkedCount < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await expect(gone).rejects.toThrow();
    while (state.parkedCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(state.parkedCount).toBe(0);
  });

  test('end when the server stops', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state));
    const waiting = ask(port, '/v1/kv/a?index=10');
    while (state.parkedCount < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await server!.stop();
    expect((await waiting).status).toBeGreaterThanOrEqual(500);
    expect(state.parkedCount).toBe(0);
  });
});

describe('?cached', () => {
  test('MISS, then HIT with its age', async () => {
    const port = await start(stateRoutes(new RigState()));
    const first = await ask(port, '/v1/kv/a?cached');
    expect([first.headers['x-cache'], first.headers['age']]).toEqual(['MISS', undefined]);
    const second = await ask(port, '/v1/kv/a?cached');
    expect([second.headers['x-cache'], second.headers['age']]).toEqual(['HIT', '0']);
  });

  test('outlives the servers, within what the client accepts', async () => {
    let isDown = false;
    const state = new RigState();
    const route = boundRoute(readRow('/v1/kv/*key'), (request) => {
      if (isDown) throw new MeshError('no-leader', 'No cluster leader');
      return state.handler(request);
    });
    const port = await start([route]);
    await ask(port, '/v1/kv/a?cached');
    isDown = true;
    const kept = await ask(port, '/v1/kv/a?cached');
    expect([kept.status, kept.text, kept.headers['x-cache']]).toEqual([200, '"first"', 'HIT']);
    expect((await ask(port, '/v1/kv/b?cached')).status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const strict = { headers: { 'Cache-Control': 'must-revalidate' } };
    expect((await ask(port, '/v1/kv/a?cached', strict)).status).toBe(500);
    const lenient = { headers: { 'Cache-Control': 'max-age=0, stale-if-error=60' } };
    expect((await ask(port, '/v1/kv/a?cached', lenient)).status).toBe(200);
  });

  test('has no effect when it is switched off', async () => {
    const port = await start(stateRoutes(new RigState()), { useCache: false });
    expect((await ask(port, '/v1/kv/a?cached')).headers['x-cache']).toBeUndefined();
  });
});

describe('consistency', () => {
  test.each([
    ['', 'leader'],
    ['?stale', 'stale'],
    ['?consistent', 'consistent'],
    ['?max_stale=10s', 'stale'],
  ])('catalog reads tell it: %s', async (query, told) => {
    const port = await start([boundRoute(readRow('/v1/catalog/nodes'), new RigState().handler)]);
    const { headers } = await ask(port, `/v1/catalog/nodes${query}`);
    expect(headers['x-consul-effective-consistency']).toBe(told);
  });

  test('an answer older than max_stale is read again from the leader', async () => {
    const route = boundRoute(readRow('/v1/catalog/nodes'), ({ readOptions }) => ({
      ...jsonReply(readOptions.consistency),
      meta: {
        index: 1,
        knownLeader: true,
        lastContactMs: readOptions.consistency === 'stale' ? 5000 : 0,
      },
    }));
    const port = await start([route]);
    expect((await ask(port, '/v1/catalog/nodes?max_stale=10s')).text).toBe('"stale"');
    expect((await ask(port, '/v1/catalog/nodes?max_stale=1s')).text).toBe('"default"');
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
  expect(lines[0]).toMatch(
    /^DEBUG Request finished method=GET url=\/v1\/status\/leader\?a=1&token=<hidden>&b=2 from=127\.0\.0\.1:\d+ latency=[\d.]+(µs|ms)$/,
  );
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
