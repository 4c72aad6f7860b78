import { MeshError, silentLogger } from '@mesh/base';
import { LocalState } from '../local-state/local-state.ts';
import { ManualPlatform } from '../testing/manual-platform.ts';
import type { CatalogLink } from './catalog-link.ts';
import { Syncer, scaledIntervalMs } from './syncer.ts';

test.each([
  [1, 1],
  [128, 1],
  [129, 2],
  [256, 2],
  [257, 3],
  [512, 3],
  [8192, 7],
])('%d nodes: %d times the interval', (nodes, factor) => {
  expect(scaledIntervalMs(60_000, nodes)).toBe(60_000 * factor);
});

function world() {
  const platform = new ManualPlatform();
  const state = new LocalState({
    nodeName: 'vm',
    platform,
    updateIntervalMs: 0,
    discardOutput: false,
  });
  const calls: string[] = [];
  const gates: (() => void)[] = [];
  /** Writes wait until they are let through. */
  let held = false;
  let failure: MeshError | undefined;
  let serversChanged = () => {};
  const step = async (name: string) => {
    calls.push(name);
    if (failure) throw failure;
    if (held) await new Promise<void>((resolve) => gates.push(resolve));
  };
  const link = {
    compare: () => step('compare'),
    pushNode: async () => {
      await step('node');
      state.nodeInfoInSync = true;
    },
    pushService: async (entry: Parameters<CatalogLink['pushService']>[0]) => {
      const pushed = entry.service;
      await step(`push ${pushed.ID}:${pushed.Port}`);
      if (entry.service === pushed) entry.inSync = true;
    },
    dropService: async (entry: Parameters<CatalogLink['dropService']>[0]) => {
      await step(`drop ${entry.service.ID}`);
      state.forgetService(entry);
    },
  } as unknown as CatalogLink;
  const syncer = new Syncer({
    state,
    link,
    platform,
    logger: silentLogger,
    intervalMs: 60_000,
    clusterSize: () => 1,
    onServers: (listener) => {
      serversChanged = listener;
      return () => {};
    },
  });
  const put = (id: string, port: number) =>
    state.putService(
      {
        ID: id,
        Service: id,
        Tags: [],
        Address: '',
        Meta: null,
        Port: port,
        Weights: { Passing: 1, Warning: 1 },
        EnableTagOverride: false,
        Proxy: {},
        Connect: {},
      },
      { token: '', source: 'api' },
    );
  return {
    platform,
    state,
    syncer,
    calls,
    put,
    hold: () => {
      held = true;
    },
    fail: (error: MeshError | undefined) => {
      failure = error;
    },
    serversChanged: () => serversChanged(),
    release: () => {
      held = false;
      for (const open of gates.splice(0)) open();
    },
  };
}

test('changes of one tick make one run', async () => {
  const { syncer, calls, put } = world();
  await syncer.start();
  await syncer.settled();
  expect(calls.splice(0)).toEqual(['compare', 'node']);
  put('a', 1);
  put('a', 2);
  put('b', 1);
  await syncer.settled();
  expect(calls).toEqual(['push a:2', 'push b:1']);
});

test('what changes while it is being pushed is pushed again', async () => {
  const { syncer, calls, put, hold, release } = world();
  await syncer.start();
  await syncer.settled();
  calls.length = 0;
  hold();
  put('a', 1);
  await Promise.resolve();
  await Promise.resolve();
  put('a', 2);
  release();
  await syncer.settled();
  expect(calls).toEqual(['push a:1', 'push a:2']);
});

test('what is registered again while it is being dropped comes back', async () => {
  const { syncer, state, calls, put, hold, release } = world();
  await syncer.start();
  put('a', 1);
  await syncer.settled();
  calls.length = 0;
  hold();
  state.removeService('a');
  await Promise.resolve();
  await Promise.resolve();
  put('a', 2);
  release();
  await syncer.settled();
  expect(calls).toEqual(['drop a', 'push a:2']);
  expect(state.service('a')?.inSync).toBe(true);
});

test('without a server the waits grow; one that comes ends them', async () => {
  const { syncer, calls, platform, fail, serversChanged } = world();
  fail(new MeshError('no-servers', 'No known Consul servers'));
  await syncer.start();
  await syncer.settled();
  for (let tries = 0; tries < 8; tries++) {
    platform.advance(30_000);
    await syncer.settled();
  }
  expect(calls.splice(0)).toEqual(Array(9).fill('compare'));
  fail(undefined);
  serversChanged();
  platform.advance(1000);
  await syncer.settled();
  expect(calls.splice(0)).toEqual(['compare', 'node']);
  serversChanged();
  platform.advance(1000);
  await syncer.settled();
  expect(calls).toEqual([]);
});

test('nothing runs while paused or after the stop; timers are let go', async () => {
  const { syncer, calls, put, platform } = world();
  await syncer.start();
  await syncer.settled();
  calls.length = 0;
  const resume = syncer.pause();
  put('a', 1);
  await syncer.settled();
  expect(calls).toEqual([]);
  resume();
  resume();
  await syncer.settled();
  expect(calls).toEqual(['push a:1']);
  await syncer.stop();
  put('b', 1);
  await syncer.settled();
  expect(calls).toEqual(['push a:1']);
  expect(platform.waiting).toBe(0);
});

test('the full comparison comes after one to two intervals', async () => {
  const { syncer, calls, platform } = world();
  platform.chance = 0.25;
  await syncer.start();
  await syncer.settled();
  calls.length = 0;
  platform.advance(74_000);
  await syncer.settled();
  expect(calls).toEqual([]);
  platform.advance(2000);
  await syncer.settled();
  expect(calls).toEqual(['compare']);
});
