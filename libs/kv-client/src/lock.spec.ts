import { LockError } from './errors.ts';
import { KvClient } from './kv-client.ts';
import { LOCK_FLAGS } from './lock.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { ManualPlatform, settle } from './testing/manual-platform.ts';

function setUp() {
  const agent = new FakeAgent();
  const platform = new ManualPlatform();
  const kv = new KvClient({ fetch: agent.fetch, WebSocket: null, platform });
  return { agent, platform, kv };
}

const KEY = 'job/.lock';

describe('Lock', () => {
  it('takes the key in the form that the original uses, and gives it back', async () => {
    const { agent, kv } = setUp();
    const held = (await kv.lock(KEY, { name: 'backup', value: 'me', ttlMs: 20_000 }).acquire())!;
    expect(agent.sessions.get(held.session)).toEqual({
      Name: 'backup',
      TTL: '20s',
      LockDelay: '15000ms',
      Behavior: 'release',
    });
    const entry = (await kv.get(KEY))!;
    expect(entry).toMatchObject({ value: 'me', session: held.session, flags: LOCK_FLAGS });
    await held.release();
    await held.release();
    expect((await kv.get(KEY))!.session).toBeUndefined();
    expect(agent.sessions.size).toBe(0);
    expect(held.lost.aborted).toBe(false);
  });

  it('excludes a second holder until the first is done', async () => {
    const { kv } = setUp();
    const order: string[] = [];
    const first = (await kv.lock(KEY).acquire())!;
    const second = kv
      .lock(KEY)
      .acquire()
      .then((held) => {
        order.push('second');
        return held!;
      });
    await settle();
    order.push('released');
    await first.release();
    await (await second).release();
    expect(order).toEqual(['released', 'second']);
  });

  it('waits out the lock delay', async () => {
    const { agent, platform, kv } = setUp();
    const real = agent.fetch;
    let refusals = 2;
    const delayed = new KvClient({
      WebSocket: null,
      platform,
      fetch: async (url, init) => {
        const answer = await real(
          url.replace('acquire=', refusals > 0 ? 'release=' : 'acquire='),
          init,
        );
        if (url.includes('acquire=')) refusals--;
        return answer;
      },
    });
    let done = false;
    const acquiring = delayed
      .lock(KEY)
      .acquire()
      .then((held) => {
        done = true;
        return held!;
      });
    await platform.advance(5000);
    expect(done).toBe(false);
    await platform.advance(5000);
    expect(done).toBe(true);
    await (await acquiring).release();
    await kv.lock(KEY).destroy();
  });

  it('gives up after its time, and leaves nothing behind', async () => {
    const { agent, platform, kv } = setUp();
    const first = (await kv.lock(KEY).acquire())!;
    const lock = kv.lock(KEY);
    const second = lock.acquire({ timeoutMs: 2000 });
    await platform.advance(2000);
    expect(await second).toBeUndefined();
    expect([...agent.sessions.keys()]).toEqual([first.session]);
    await first.release();
    await (await lock.acquire())!.release();
  });

  it("ends with the caller's signal", async () => {
    const { agent, kv } = setUp();
    await kv.lock(KEY).acquire();
    const abort = new AbortController();
    const second = kv.lock(KEY).acquire({ signal: abort.signal });
    await settle();
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(second).rejects.toBe(reason);
    expect(agent.sessions.size).toBe(1);
  });

  it('tells when the session is gone', async () => {
    const { agent, kv } = setUp();
    const held = (await kv.lock(KEY).acquire())!;
    agent.endSession(held.session);
    await settle();
    expect(held.lost.aborted).toBe(true);
    expect(held.lost.reason).toMatchObject({ code: 'lost' });
    await held.release();
  });

  it('tells when somebody else has taken the key', async () => {
    const { agent, kv } = setUp();
    const held = (await kv.lock(KEY).acquire())!;
    agent.write(KEY, '', LOCK_FLAGS, 'somebody');
    await settle();
    expect(held.lost.reason).toBeInstanceOf(LockError);
  });

  it('keeps its session alive', async () => {
    const { agent, platform, kv } = setUp();
    const held = (await kv.lock(KEY, { ttlMs: 15_000 }).acquire())!;
    agent.requests.length = 0;
    await platform.advance(15_000);
    const renewals = agent.requests.filter((line) => line.includes('/session/renew/'));
    expect(renewals).toHaveLength(3);
    expect(held.lost.aborted).toBe(false);
    await held.release();
  });

  it('counts as lost when it cannot be renewed within its time', async () => {
    const agent = new FakeAgent();
    const platform = new ManualPlatform();
    let cut = false;
    const kv = new KvClient({
      WebSocket: null,
      platform,
      fetch: (url, init) =>
        cut && url.includes('renew')
          ? Promise.reject(new TypeError('cut'))
          : agent.fetch(url, init),
    });
    const held = (await kv.lock(KEY, { ttlMs: 15_000 }).acquire())!;
    cut = true;
    await platform.advance(14_000);
    expect(held.lost.aborted).toBe(false);
    await platform.advance(1000);
    expect(held.lost.aborted).toBe(true);
    await held.release();
  });

  it('bears with an agent that cannot answer, so often and no more', async () => {
    const { agent, platform, kv } = setUp();
    const held = (await kv.lock(KEY, { monitorRetries: 2 }).acquire())!;
    await settle();
    const leaderless = { status: 500, body: 'No cluster leader' };
    agent.failures.push(leaderless, leaderless);
    agent.write(KEY, '', LOCK_FLAGS, held.session);
    await platform.advance(2500);
    expect(held.lost.aborted).toBe(false);
    agent.failures.push(leaderless, leaderless, leaderless);
    agent.write(KEY, '', LOCK_FLAGS, held.session);
    await platform.advance(2500);
    expect(held.lost.aborted).toBe(true);
  });

  it('will not touch a key that is no lock', async () => {
    const { agent, kv } = setUp();
    agent.write(KEY, 'data');
    await expect(kv.lock(KEY).acquire()).rejects.toMatchObject({ code: 'conflict' });
    await expect(kv.lock(KEY).destroy()).rejects.toMatchObject({ code: 'conflict' });
    expect(agent.text(KEY)).toBe('data');
    expect(agent.sessions.size).toBe(0);
  });

  it('one object is one holder', async () => {
    const { kv } = setUp();
    const lock = kv.lock(KEY);
    const held = (await lock.acquire())!;
    await expect(lock.acquire()).rejects.toMatchObject({ code: 'already-held' });
    await held.release();
    await (await lock.acquire())!.release();
  });

  it('removes its key when nobody uses it', async () => {
    const { agent, kv } = setUp();
    const lock = kv.lock(KEY);
    const held = (await lock.acquire())!;
    await expect(lock.destroy()).rejects.toMatchObject({ code: 'in-use' });
    await held.release();
    await lock.destroy();
    await lock.destroy();
    expect(agent.keys()).toEqual([]);
  });

  it('withLock holds it around the work, also when that fails', async () => {
    const { agent, kv } = setUp();
    expect(await kv.withLock(KEY, async (lost) => [lost.aborted, agent.sessions.size])).toEqual([
      false,
      1,
    ]);
    const failure = kv.withLock(KEY, () => Promise.reject(new Error('work')));
    await expect(failure).rejects.toThrow('work');
    expect(agent.sessions.size).toBe(0);
  });

  it('gets over a lost leader while it waits', async () => {
    const { agent, platform, kv } = setUp();
    const acquiring = kv.lock(KEY).acquire();
    const leaderless = { status: 500, body: 'No cluster leader' };
    await Promise.resolve();
    agent.failures.push(leaderless, leaderless);
    await platform.advance(5000);
    await (await acquiring)!.release();
  });
});
