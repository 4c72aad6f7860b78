import { Agent } from 'node:http';
import { MeshError } from '@mesh/base';
import { type BoundRoute, jsonReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import { ask, boundRoute, RigState, readRow, startRig } from './testing/server-rig.ts';

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

  test('end when the server stops, whose keep-alive connections do not hold it up', async () => {
    const state = new RigState();
    const port = await start(stateRoutes(state), {}, { timings: { stopGraceMs: 60_000 } });
    const agent = new Agent({ keepAlive: true });
    const waiting = ask(port, '/v1/kv/a?index=10', { agent });
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
