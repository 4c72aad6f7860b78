/** What wakes whom, and what a lock delay leaves behind. */
import { utf8Bytes } from '@mesh/base';
import { PLAIN_WRITE } from '@mesh/resource';
import { sessionDestroy } from '@mesh/session';
import type { StateView } from '@mesh/state';
import { domainWorld } from '@mesh/testkit';
import { kvApply } from './endpoint.ts';
import { keysUnder, pairOf, pairsUnder } from './queries.ts';
import { lockDelays } from './table.ts';

async function world() {
  const base = await domainWorld();
  const { rpc, ask } = base;
  const put = (path: string, value = 'v') => ask('PUT', `/v1/kv/${path}`, value);
  const index = (query: (view: StateView) => unknown) => {
    const view = rpc.store.trackingView();
    query(view);
    return view.dependencies().index;
  };
  async function wakes(query: (view: StateView) => unknown, change: () => Promise<unknown>) {
    const view = rpc.store.trackingView();
    query(view);
    const watch = rpc.store.watch(view.dependencies(), () => {});
    await change();
    watch.cancel();
    return watch.fired;
  }
  async function open(body: object): Promise<string> {
    return ((await ask('PUT', '/v1/session/create', body)) as { ID: string }).ID;
  }
  return { ...base, put, index, wakes, open };
}

const one = (view: StateView) => pairOf(view, 'a/b');
const under = (view: StateView) => pairsUnder(view, 'a/');
const names = (view: StateView) => keysUnder(view, 'a/', '/');

test('a write of what is there changes no index and wakes nobody', async () => {
  const { put, wakes, index, ask } = await world();
  await put('a/b?flags=3', 'v');
  const before = [index(one), index(under), await ask('GET', '/v1/kv/a/b')];
  for (const query of [one, under, names]) {
    expect(await wakes(query, () => put('a/b?flags=3', 'v'))).toBe(false);
  }
  expect([index(one), index(under), await ask('GET', '/v1/kv/a/b')]).toEqual(before);
  for (const path of ['a/b?flags=4', 'a/b?flags=3']) {
    expect(await wakes(one, () => put(path, 'v'))).toBe(true);
  }
});

test('watchers sleep through other keys, failed writes and deletes of nothing', async () => {
  const { put, wakes, ask } = await world();
  await put('a/b');
  const quiet = [
    () => put('a'),
    () => put('ab'),
    () => put('b/a/b'),
    () => put('a/b?cas=0', 'w'),
    () => put('a/b?release=00000000-0000-4000-8000-000000000099', 'w'),
    () => ask('DELETE', '/v1/kv/a/bc'),
    () => ask('DELETE', '/v1/kv/a/b?cas=1'),
    () => ask('DELETE', '/v1/kv/a/b/?recurse'),
    () => ask('DELETE', '/v1/kv/b?recurse'),
  ];
  for (const [nth, change] of quiet.entries()) {
    for (const query of [one, under, names]) {
      expect([nth, await wakes(query, change)]).toEqual([nth, false]);
    }
  }
});

test('the watcher of an absent key wakes when it appears, and again when it goes', async () => {
  const { put, wakes, index, ask } = await world();
  expect(await wakes(one, () => put('a/c'))).toBe(false);
  expect(await wakes(one, () => put('a/b'))).toBe(true);
  const before = index(one);
  expect(await wakes(one, () => ask('DELETE', '/v1/kv/a?recurse'))).toBe(true);
  expect(index(one)).toBeGreaterThan(before);
  expect(index(under)).toBeGreaterThan(before);
});

test('the holder of a lock that ends wakes those who wait for its keys', async () => {
  for (const Behavior of ['release', 'delete']) {
    const { put, wakes, open, rpc } = await world();
    const session = await open({ Behavior });
    await put(`a/b?acquire=${session}`);
    expect(await wakes(one, () => put(`a/b?acquire=${session}`))).toBe(false);
    const end = () => rpc.write(sessionDestroy, { id: session }, PLAIN_WRITE);
    expect(await wakes(one, end)).toBe(true);
  }
});

describe('lock delay', () => {
  test.each([
    [{}, 15_000],
    [{ LockDelay: '0s' }, 0],
    [{ LockDelay: 20 }, 20_000],
    [{ LockDelay: 999 }, 60_000],
    [{ LockDelay: 5e6 }, 5],
    [{ LockDelay: '1m30s' }, 60_000],
    [{ LockDelay: '250ms', Behavior: 'delete' }, 250],
  ])('%j bars the key for %d ms', async (body, delayMs) => {
    const { put, open, rpc } = await world();
    const first = await open(body);
    const second = await open({});
    expect(await put(`k?acquire=${first}`)).toBe(true);
    await rpc.write(sessionDestroy, { id: first }, PLAIN_WRITE);
    if (delayMs > 0) {
      expect(await put(`k?acquire=${second}`)).toBe(false);
      rpc.nowMs += delayMs - 1;
      expect(await put(`k?acquire=${second}`)).toBe(false);
      expect(await put('k', 'a plain write may')).toBe(true);
      rpc.nowMs += 1;
    }
    expect(await put(`k?acquire=${second}`)).toBe(true);
    expect([...rpc.store.view().prefix(lockDelays, '')]).toEqual([]);
  });

  test('a lock that is released, not lost, may be taken at once', async () => {
    const { put, open } = await world();
    const [first, second] = [await open({}), await open({})];
    await put(`k?acquire=${first}`);
    await put(`k?release=${first}`);
    expect(await put(`k?acquire=${second}`)).toBe(true);
  });

  test('delays that are over do not pile up, however many each session leaves', async () => {
    const { rpc, open } = await world();
    for (let round = 0; round < 6; round++) {
      const session = await open({ LockDelay: '1s', Behavior: 'delete' });
      for (let at = 0; at < 200; at++) {
        const write = { key: `${round}/${at}`, value: utf8Bytes(''), flags: 0 };
        await rpc.write(kvApply, { op: 'lock', session, ...write }, PLAIN_WRITE);
      }
      rpc.nowMs += 2000;
      await rpc.write(sessionDestroy, { id: session }, PLAIN_WRITE);
      expect(rpc.store.view().count(lockDelays)).toBe(200);
    }
  });
});
