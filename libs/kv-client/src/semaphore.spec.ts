import { KvClient } from './kv-client.ts';
import { SEMAPHORE_FLAGS } from './semaphore-state.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { ManualPlatform, settle } from './testing/manual-platform.ts';

function setUp() {
  const agent = new FakeAgent();
  const platform = new ManualPlatform();
  const kv = new KvClient({ fetch: agent.fetch, WebSocket: null, platform });
  return { agent, platform, kv };
}

describe('Semaphore', () => {
  it('keeps its state in the form that the original uses', async () => {
    const { agent, kv } = setUp();
    const held = (await kv.semaphore('pool', 2).acquire())!;
    expect(agent.text('pool/.lock')).toBe(`{"Limit":2,"Holders":{"${held.session}":true}}`);
    expect(await kv.get(`pool/${held.session}`)).toMatchObject({
      session: held.session,
      flags: SEMAPHORE_FLAGS,
    });
    expect((await kv.get('pool/.lock'))!.flags).toBe(SEMAPHORE_FLAGS);
    await held.release();
    expect(agent.text('pool/.lock')).toBe('{"Limit":2,"Holders":{}}');
    expect(agent.keys()).toEqual(['pool/.lock']);
    expect(agent.sessions.size).toBe(0);
  });

  it('has room for so many and no more', async () => {
    const { kv } = setUp();
    const [one, two] = await Promise.all([
      kv.semaphore('pool/', 2).acquire(),
      kv.semaphore('pool/', 2).acquire(),
    ]);
    let third: unknown;
    const waiting = kv
      .semaphore('pool/', 2)
      .acquire()
      .then((held) => {
        third = held;
      });
    await settle();
    expect(third).toBeUndefined();
    await one!.release();
    await waiting;
    expect(third).toBeDefined();
    expect(two!.lost.aborted).toBe(false);
  });

  it('takes the slot of a holder whose session is gone', async () => {
    const { agent, kv } = setUp();
    const dead = (await kv.semaphore('pool', 1).acquire())!;
    const waiting = kv.semaphore('pool', 1).acquire();
    await settle();
    agent.endSession(dead.session);
    const held = (await waiting)!;
    expect(dead.lost.aborted).toBe(true);
    expect(agent.text('pool/.lock')).toBe(`{"Limit":1,"Holders":{"${held.session}":true}}`);
  });

  it('gives up after its time, and leaves nothing behind', async () => {
    const { agent, platform, kv } = setUp();
    const first = (await kv.semaphore('pool', 1).acquire())!;
    const second = kv.semaphore('pool', 1).acquire({ timeoutMs: 1000 });
    await platform.advance(1000);
    expect(await second).toBeUndefined();
    expect(agent.keys()).toEqual(['pool/.lock', `pool/${first.session}`]);
  });

  it('insists on one limit, and on keys of its own', async () => {
    const { agent, kv } = setUp();
    await kv.semaphore('pool', 2).acquire();
    await expect(kv.semaphore('pool', 3).acquire()).rejects.toMatchObject({
      code: 'limit-mismatch',
    });
    agent.write('data/.lock', 'text');
    await expect(kv.semaphore('data', 1).acquire()).rejects.toMatchObject({ code: 'conflict' });
    agent.write('broken/.lock', 'text', SEMAPHORE_FLAGS);
    await expect(kv.semaphore('broken', 1).acquire()).rejects.toMatchObject({ code: 'conflict' });
    expect(() => kv.semaphore('pool', 0)).toThrow(RangeError);
    expect(agent.sessions.size).toBe(1);
  });

  it('one object is one holder', async () => {
    const { kv } = setUp();
    const semaphore = kv.semaphore('pool', 2);
    await semaphore.acquire();
    await expect(semaphore.acquire()).rejects.toMatchObject({ code: 'already-held' });
  });

  it('removes its key when nobody uses it', async () => {
    const { agent, kv } = setUp();
    const semaphore = kv.semaphore('pool', 1);
    const held = (await semaphore.acquire())!;
    await expect(semaphore.destroy()).rejects.toMatchObject({ code: 'in-use' });
    await held.release();
    await semaphore.destroy();
    await semaphore.destroy();
    expect(agent.keys()).toEqual([]);
  });

  it('ten contenders share two slots, all get their turn, never three at once', async () => {
    const { kv } = setUp();
    let inside = 0;
    let most = 0;
    const worker = async () => {
      const held = (await kv.semaphore('pool', 2).acquire())!;
      most = Math.max(most, ++inside);
      await settle();
      inside--;
      await held.release();
    };
    await Promise.all(Array.from({ length: 10 }, worker));
    expect([inside, most]).toEqual([0, 2]);
  });
});
