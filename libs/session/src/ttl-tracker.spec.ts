import type { Session } from '@mesh/api-contract';
import { silentLogger } from '@mesh/base';
import { PLAIN_WRITE } from '@mesh/resource';
import { domainWorld, ManualTimers } from '@mesh/testkit';
import { sessionDestroy } from './endpoint.ts';
import { SessionTtlTracker } from './ttl-tracker.ts';

async function world() {
  const { rpc, ask } = await domainWorld();
  const timers = new ManualTimers();
  const expired: string[] = [];
  const state = { failures: 0, hold: undefined as Promise<void> | undefined };
  const tracker = new SessionTtlTracker({
    timers,
    logger: silentLogger,
    store: rpc.store,
    expire: async (id) => {
      await state.hold;
      if (state.failures > 0) {
        state.failures--;
        throw new Error('no leader');
      }
      expired.push(id);
      await rpc.write(sessionDestroy, { id }, PLAIN_WRITE);
    },
  });
  async function open(TTL: string): Promise<string> {
    const { ID } = (await ask('PUT', '/v1/session/create', { TTL })) as Session;
    const [id, ttl] = rpc.touched.at(-1) ?? ['', ''];
    if (id === ID) tracker.touch(id, ttl);
    return ID;
  }
  const destroy = (id: string) => rpc.write(sessionDestroy, { id }, PLAIN_WRITE);
  await tracker.start();
  return { timers, tracker, expired, state, open, destroy };
}

test('a session expires after twice its TTL, not before', async () => {
  const { timers, expired, open, tracker } = await world();
  const id = await open('15s');
  await timers.advance(29_999);
  expect(expired).toEqual([]);
  await timers.advance(1);
  expect(expired).toEqual([id]);
  expect([tracker.size, timers.pending]).toEqual([0, 0]);
});

test('long TTLs expire after twice their length too', async () => {
  const { timers, expired, open } = await world();
  const id = await open('1h0m30s');
  await timers.advance(7_259_999);
  expect(expired).toEqual([]);
  await timers.advance(1);
  expect(expired).toEqual([id]);
});

test('touching restarts the whole of it', async () => {
  const { timers, expired, open, tracker } = await world();
  const id = await open('1m');
  for (let round = 0; round < 3; round++) {
    await timers.advance(119_999);
    tracker.touch(id);
  }
  expect([expired, timers.pending]).toEqual([[], 1]);
  await timers.advance(120_000);
  expect(expired).toEqual([id]);
});

test('a session without a TTL runs no timer; nor does touching one that is not there', async () => {
  const { timers, open, tracker } = await world();
  for (const ttl of ['', '0', '0s']) tracker.touch(await open(ttl));
  tracker.touch('00000000-0000-4000-8000-00000000dead');
  expect([tracker.size, timers.pending]).toEqual([0, 0]);
});

test('a session that is created but never applied is forgotten', async () => {
  const { timers, tracker, expired } = await world();
  tracker.touch('00000000-0000-4000-8000-00000000dead', '10s');
  expect(tracker.size).toBe(1);
  await timers.advance(20_000);
  expect([tracker.size, expired]).toEqual([0, []]);
});

test('sessions with long TTLs that are destroyed leave nothing after a minute', async () => {
  const { timers, tracker, expired, open, destroy } = await world();
  for (let at = 0; at < 20; at++) await destroy(await open('24h'));
  const kept = await open('24h');
  await timers.advance(60_000);
  expect([tracker.size, timers.pending, expired]).toEqual([1, 1, []]);
  await timers.advance(2 * 86_400_000 - 60_000);
  expect(expired).toEqual([kept]);
});

/** What a promise sets off has run; advancing alone waits only where a timer fires. */
const settled = () => new Promise(setImmediate);

describe('a failed expiry', () => {
  test('is tried again', async () => {
    const { timers, expired, state, open } = await world();
    state.failures = 3;
    const id = await open('10s');
    await timers.advance(20_000);
    expect([state.failures, expired]).toEqual([2, []]);
    await timers.advance(14_999);
    expect([state.failures, expired]).toEqual([0, []]);
    await timers.advance(1);
    expect(expired).toEqual([id]);
  });

  test('gives way to a renewal that came meanwhile', async () => {
    const { timers, expired, state, open, tracker } = await world();
    let fail = () => {};
    state.hold = new Promise((resolve) => {
      fail = resolve;
    });
    state.failures = 1;
    const id = await open('10s');
    await timers.advance(20_000);
    tracker.touch(id);
    fail();
    await settled();
    await timers.advance(19_999);
    expect([expired, timers.pending, tracker.size]).toEqual([[], 1, 1]);
    await timers.advance(1);
    expect(expired).toEqual([id]);
  });

  test('is not tried again by who no longer leads', async () => {
    const { timers, expired, state, open, tracker } = await world();
    let fail = () => {};
    state.hold = new Promise((resolve) => {
      fail = resolve;
    });
    state.failures = 1;
    await open('10s');
    await timers.advance(20_000);
    await tracker.stop();
    fail();
    await settled();
    await timers.advance(60_000);
    expect([expired, tracker.size, timers.pending]).toEqual([[], 0, 0]);
  });
});

test('a new leader gives every session its whole TTL again', async () => {
  const { timers, expired, open, tracker } = await world();
  const id = await open('10s');
  await open('');
  await timers.advance(19_000);
  await tracker.stop();
  expect(timers.pending).toBe(0);
  tracker.touch(id);
  expect(timers.pending).toBe(0);
  await tracker.start();
  await tracker.start();
  expect([tracker.size, timers.pending]).toEqual([1, 1]);
  await timers.advance(19_999);
  expect(expired).toEqual([]);
  await timers.advance(1);
  expect(expired).toEqual([id]);
});
