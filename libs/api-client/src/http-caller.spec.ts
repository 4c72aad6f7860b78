import { ApiError } from './errors.ts';
import { HttpCaller } from './http-caller.ts';
import type { ClientOptions } from './options.ts';
import { FakeFetch } from './testing/fake-fetch.ts';
import { InstantPlatform } from './testing/instant-platform.ts';

const GET = { method: 'GET', path: '/v1/status/leader', idempotent: true, options: {} };

function callerOf(fake: FakeFetch, options: ClientOptions = {}) {
  const platform = new InstantPlatform();
  return { platform, caller: new HttpCaller({ fetch: fake.fetch, platform, ...options }) };
}

describe('HttpCaller', () => {
  it('sends address, token, datacenter and headers', async () => {
    const fake = new FakeFetch({ body: 'x', headers: { 'x-consul-index': '7' } });
    const { caller } = callerOf(fake, {
      address: 'agent:1234/',
      token: 'secret',
      datacenter: 'dc 2',
      headers: { 'X-Own': '1' },
    });
    const reply = await caller.send({ ...GET, path: '/v1/kv/a?raw' });
    expect(fake.requests[0]).toMatchObject({
      url: 'http://agent:1234/v1/kv/a?raw&dc=dc%202',
      method: 'GET',
      headers: { 'X-Consul-Token': 'secret', 'X-Own': '1' },
    });
    expect([reply.body, reply.header('x-consul-index'), reply.header('none')]).toEqual([
      'x',
      '7',
      '',
    ]);
  });

  it('a call has its own token and datacenter', async () => {
    const fake = new FakeFetch({});
    const { caller } = callerOf(fake, { token: 'all', datacenter: 'dc1' });
    await caller.send({ ...GET, options: { token: 'own', datacenter: 'dc2' } });
    expect(fake.requests[0]!.headers).toEqual({ 'X-Consul-Token': 'own' });
    expect(fake.path()).toBe('/v1/status/leader?dc=dc2');
  });

  it('retries with growing pauses what may be repeated', async () => {
    const down = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const fake = new FakeFetch(
      { status: 500, body: 'No cluster leader' },
      down,
      { status: 429 },
      {},
    );
    const { caller, platform } = callerOf(fake);
    await caller.send(GET);
    expect(fake.requests).toHaveLength(4);
    expect(platform.slept).toEqual([75, 150, 300]);
  });

  it('gives up after the last retry, with the last answer', async () => {
    const answer = { status: 500, body: 'No cluster leader\n' };
    const fake = new FakeFetch(answer, answer, answer);
    const { caller } = callerOf(fake, { retries: 2 });
    const failure = caller.send(GET);
    await expect(failure).rejects.toMatchObject({
      name: 'ApiError',
      status: 500,
      body: 'No cluster leader\n',
      retryable: true,
      message: 'GET /v1/status/leader: 500 (No cluster leader)',
    });
    expect(fake.requests).toHaveLength(3);
  });

  it.each([
    ['a change that may not be repeated', { ...GET, idempotent: false }, 500],
    ['an answer that another try would not change', GET, 400],
    ['a call without retries', { ...GET, options: { retries: 0 } }, 500],
  ])('does not retry %s', async (_what, call, status) => {
    const fake = new FakeFetch({ status }, {});
    const { caller } = callerOf(fake);
    await expect(caller.send(call)).rejects.toMatchObject({ status });
    expect(fake.requests).toHaveLength(1);
  });

  it('takes accepted statuses for answers', async () => {
    const { caller } = callerOf(new FakeFetch({ status: 404 }));
    await expect(caller.send({ ...GET, accepts: [404] })).resolves.toMatchObject({ status: 404 });
  });

  it('gives up waiting after the time limit, extra time included', async () => {
    const fake = new FakeFetch('hang');
    const { caller, platform } = callerOf(fake, { timeoutMs: 1000, retries: 0 });
    const failure = caller.send({ ...GET, extraMs: 500 }).catch((error: ApiError) => error);
    platform.advance(1499);
    expect(fake.requests[0]!.signal!.aborted).toBe(false);
    platform.advance(1);
    const error = await failure;
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      retryable: true,
      message: 'GET /v1/status/leader: no answer within 1500 ms',
    });
  });

  it('tells the reason that fetch hides', async () => {
    const down = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const { caller } = callerOf(new FakeFetch(down), { retries: 0 });
    await expect(caller.send(GET)).rejects.toThrow('fetch failed: connect ECONNREFUSED');
  });

  it("rejects with the caller's reason when he aborts, before and during", async () => {
    const fake = new FakeFetch('hang');
    const { caller } = callerOf(fake);
    const abort = new AbortController();
    const during = caller.send({ ...GET, options: { signal: abort.signal } });
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(during).rejects.toBe(reason);
    await expect(caller.send({ ...GET, options: { signal: abort.signal } })).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(1);
  });
});
