import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, MeshError } from '@mesh/base';
import type { BoundRoute } from '@mesh/resource';
import { callRoute, type Exchange, expectRecorded, readExchanges } from '@mesh/testkit';
import { type AgentRig, createRig } from '../testing/agent-rig.ts';

const testdata = join(__dirname, '..', '..', 'testdata');
const exchanges = readExchanges(join(testdata, 'exchanges.json'));

/** Keys in order, lists by their elements, maps of settings by any. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? null : typeof value;
  return Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]);
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  'invalid-argument': 400,
  unauthenticated: 401,
  'permission-denied': 403,
  'not-found': 404,
  'unsupported-media': 415,
};

async function statusOf(routes: readonly BoundRoute[], { request }: Exchange): Promise<unknown> {
  try {
    return (await callRoute(routes, request.method, request.path, request.body)).status;
  } catch (thrown) {
    return thrown instanceof MeshError ? STATUS[thrown.code] : thrown;
  }
}

/** A recorded 500 is a bad request of the client's; ours says so. */
function expectRefusal(recorded: number, status: unknown): void {
  if (recorded === 500) expect([400, 403, 404]).toContain(status);
  else expect(status).toBe(recorded);
}

describe('recorded exchanges', () => {
  let rig: AgentRig;
  beforeAll(async () => {
    rig = createRig();
    await rig.start();
    await rig.settle();
  });
  afterAll(() => rig.stop());

  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))(
    '%s',
    async (_name, exchange) => {
      if (exchange.status < 400) await expectRecorded(rig.agent.routes, exchange);
      else expectRefusal(exchange.status, await statusOf(rig.agent.routes, exchange));
      await rig.settle();
    },
  );
});

describe('the agent itself', () => {
  let rig: AgentRig;
  beforeEach(async () => {
    rig = createRig();
    await rig.start();
  });
  afterEach(() => rig.stop());
  const get = (path: string) => callRoute(rig.agent.routes, 'GET', path);
  const recorded = JSON.parse(readFileSync(join(testdata, 'self.json'), 'utf8'));

  test('self has the recorded fields in their order', async () => {
    const reply = await get('/v1/agent/self');
    const { value } = reply as { value: Record<string, unknown> };
    const { Stats: stats, DebugConfig: debug, ...ours } = value;
    const { Stats: recordedStats, DebugConfig: _recordedDebug, ...theirs } = recorded.self;
    expect(shapeOf(ours)).toEqual(shapeOf(theirs));
    expect(Object.keys(debug as object).length).toBeGreaterThan(100);
    for (const group of ['agent', 'build', 'runtime', 'serf_lan', 'serf_wan']) {
      const own = (stats as Record<string, object>)[group]!;
      expect(Object.keys(own)).toEqual(Object.keys(recordedStats[group]));
    }
    expect(stats).toMatchObject({ raft: { state: 'Leader' }, agent: { services: '0' } });
  });

  test('members of both pools', async () => {
    const lan = await get('/v1/agent/members?segment=_all');
    expect(lan).toMatchObject({ value: [{ Name: 'vm', Port: 8301, Status: 1 }] });
    const wan = (await get('/v1/agent/members?wan=1')) as { value: unknown };
    expect(shapeOf(wan.value)).toEqual(shapeOf(recorded.wan));
    await expect(async () => get('/v1/agent/members?segment=x')).rejects.toThrow('segments');
  });

  test('leave and reload reach the process', async () => {
    await callRoute(rig.agent.routes, 'PUT', '/v1/agent/reload');
    await callRoute(rig.agent.routes, 'PUT', '/v1/agent/leave');
    expect(rig.asked).toEqual(['reload', 'leave']);
  });

  test('joining and forcing others out say why not', async () => {
    const put = (path: string) => callRoute(rig.agent.routes, 'PUT', `/v1/agent/${path}`);
    await expect(put('join/10.0.0.1')).rejects.toThrow('Failed to join 10.0.0.1');
    await expect(put('force-leave/nope')).rejects.toThrow("No node found with name 'nope'");
    await expect(async () => put('token/default')).rejects.toThrow('ACL support disabled');
  });

  test('metrics as JSON; Prometheus is off', async () => {
    const reply = (await get('/v1/agent/metrics')) as { value: object };
    expect(Object.keys(reply.value)).toEqual([
      'Timestamp',
      'Gauges',
      'Points',
      'Counters',
      'Samples',
    ]);
    const refusal = await Promise.resolve()
      .then(() => get('/v1/agent/metrics?format=prometheus'))
      .catch((error: MeshError) => error.code);
    expect(refusal).toBe('unsupported-media');
  });

  test('host tells of this machine', async () => {
    const { value } = (await get('/v1/agent/host')) as { value: Record<string, never> };
    expect(value).toMatchObject({ Memory: { total: expect.any(Number) }, Errors: null });
    expect(value['Memory']!['total']).toBeGreaterThan(1e8);
    expect((value['CPU'] as unknown as object[]).length).toBeGreaterThan(0);
  });

  test('monitor streams lines of its level until the client goes, and then lets go', async () => {
    const reply = await get('/v1/agent/monitor?loglevel=warn');
    if (reply.kind !== 'stream') throw new Error(`${reply.kind} is no stream`);
    const controller = new AbortController();
    let text = '';
    const done = reply.run(async (chunk) => {
      text += chunk;
      controller.abort();
    }, controller.signal);
    rig.rpc.failure = new MeshError('no-leader', 'No cluster leader');
    await callRoute(rig.agent.routes, 'PUT', '/v1/agent/service/register', { Name: 'web' });
    await done;
    expect(text).toMatch(/^\S+ \[WARN\] {2}agent\.anti_entropy: failed to sync .*\n$/);
    await expect(async () => get('/v1/agent/monitor?loglevel=loud')).rejects.toThrow('log level');
  });
});

describe('blocking on the content hash', () => {
  let rig: AgentRig;
  beforeEach(async () => {
    rig = createRig();
    await rig.start();
    await put('register', { Name: 'web', Port: 1 });
  });
  afterEach(() => rig.stop());
  const put = (path: string, body: unknown = '') =>
    callRoute(rig.agent.routes, 'PUT', `/v1/agent/service/${path}`, body);
  const get = (query = '') => callRoute(rig.agent.routes, 'GET', `/v1/agent/service/web${query}`);

  async function hash(): Promise<string> {
    const reply = (await get()) as { value: { ContentHash: string } };
    expect(reply).toMatchObject({ headers: { 'X-Consul-ContentHash': reply.value.ContentHash } });
    expect(reply.value.ContentHash).toMatch(/^[0-9a-f]{16}$/);
    return reply.value.ContentHash;
  }

  test('a hash that is not current answers at once', async () => {
    expect(await get('?hash=0123456789abcdef')).toMatchObject({ value: { Port: 1 } });
  });

  test('waits for a change of this service, not of others', async () => {
    let answered = false;
    const answer = get(`?hash=${await hash()}&wait=20s`).then((reply) => {
      answered = true;
      return reply;
    });
    await put('register', { Name: 'other' });
    await rig.settle();
    expect(answered).toBe(false);
    await put('register', { Name: 'web', Port: 2 });
    expect(await answer).toMatchObject({ value: { Port: 2 } });
  });

  test('answers the same after the wait, and 404 when the service goes', async () => {
    const current = await hash();
    const same = get(`?hash=${current}&wait=600ms`);
    rig.platform.advance(601);
    expect(await same).toMatchObject({ value: { ContentHash: current } });
    const gone = get(`?hash=${current}&wait=20s`);
    await put('deregister/web');
    await expect(gone).rejects.toThrow('unknown service ID: web');
  });

  test('a bad wait is refused', async () => {
    await expect(get('?hash=x&wait=soon')).rejects.toThrow('Invalid wait time');
  });
});
