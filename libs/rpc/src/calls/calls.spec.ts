import { MeshError } from '@mesh/base';
import type { CallContext, RpcServer } from '../index.ts';
import { address, deferred, RpcRig, realTime, until } from '../testing/rpc-rig.ts';

const settings = { timeoutMs: 5000 };

describe('calls', () => {
  let rig: RpcRig;
  beforeEach(() => {
    rig = new RpcRig();
  });
  afterEach(() => rig.stop());

  it('carries plain data both ways', async () => {
    const server = await rig.server(async (method, body) => ({ method, body }));
    const body = {
      text: 'ö😀',
      whole: 2 ** 53 - 1,
      negative: -5,
      real: 1.5,
      nothing: null,
      absent: undefined,
      yes: true,
      bytes: Uint8Array.of(0, 255, 7),
      list: [1, [2, { three: 3 }]],
    };
    const answer = await rig.client().call(address(server), 'Test.Echo', body, settings);
    expect(answer).toEqual({
      method: 'Test.Echo',
      body: { ...body, bytes: Buffer.from([0, 255, 7]) },
    });
  });

  it('answers many calls at the same time, each with its own answer', async () => {
    const server = await rig.server(async (_method, body) => {
      await new Promise((resolve) => setTimeout(resolve, (body as number) % 7));
      return (body as number) * 2;
    });
    const client = rig.client();
    const answers = await Promise.all(
      Array.from({ length: 3000 }, (_, n) => client.call(address(server), 'Double', n, settings)),
    );
    expect(answers).toEqual(Array.from({ length: 3000 }, (_, n) => n * 2));
  });

  it('gives back the error that the handler threw', async () => {
    const server = await rig.server(async (method) => {
      if (method === 'Mesh') throw new MeshError('no-leader', 'No cluster leader');
      throw new TypeError('boom');
    });
    const client = rig.client();
    await expect(client.call(address(server), 'Mesh', null, settings)).rejects.toMatchObject({
      code: 'no-leader',
      message: 'No cluster leader',
    });
    await expect(client.call(address(server), 'Other', null, settings)).rejects.toMatchObject({
      code: 'internal',
      message: 'boom',
    });
  });

  it('ends a call at its deadline as unknown-outcome, and tells the handler', async () => {
    const seen = deferred<CallContext>();
    const server = await rig.server((_method, _body, context) => {
      seen.resolve(context);
      return new Promise(() => undefined);
    });
    const client = rig.client();
    const call = client.call(address(server), 'Hang', null, { timeoutMs: 300 });
    const context = await seen.promise;
    expect(context.signal.aborted).toBe(false);
    await expect(call).rejects.toMatchObject({ code: 'unknown-outcome' });
    await until(() => context.signal.aborted);
    expect(context.remoteAddress).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('ends a call whose signal aborts, and tells the handler at once', async () => {
    const seen = deferred<CallContext>();
    const server = await rig.server((_method, _body, context) => {
      seen.resolve(context);
      return new Promise(() => undefined);
    });
    const client = rig.client();
    const controller = new AbortController();
    const call = client.call(address(server), 'Hang', null, {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    const context = await seen.promise;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => context.signal.aborted);
    await expect(
      client.call(address(server), 'Hang', null, { ...settings, signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('ends any number of calls by one signal, without a warning', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    let running = 0;
    const server = await rig.server(() => {
      running += 1;
      return new Promise(() => undefined);
    });
    const client = rig.client();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 50 }, () =>
      client.call(address(server), 'Hang', null, { ...settings, signal }).catch((e) => e.code),
    );
    await until(() => running === 50);
    controller.abort();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['cancelled']));
    await new Promise(setImmediate);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('knows what did not reach the other end from what may have', async () => {
    const arrived = deferred();
    let server = await rig.server((method) => {
      if (method === 'Quick') return Promise.resolve('quick');
      arrived.resolve();
      return new Promise(() => undefined);
    });
    const { port } = server;
    const client = rig.client();
    const hanging = client.call(address(server), 'Hang', null, settings);
    await arrived.promise;
    await server.stop();
    await expect(hanging).rejects.toMatchObject({ code: 'unknown-outcome' });
    await expect(client.call(`127.0.0.1:${port}`, 'Quick', null, settings)).rejects.toMatchObject({
      code: 'unavailable',
    });
    server = await rig.server(async () => 'again', { port });
    const again = async () => {
      try {
        return await client.call(`127.0.0.1:${port}`, 'Quick', null, settings);
      } catch {
        return undefined;
      }
    };
    let answer: unknown;
    const startedMs = performance.now();
    while (answer === undefined && performance.now() < startedMs + 3000) {
      answer = await again();
      if (answer === undefined) await new Promise(setImmediate);
    }
    expect(answer).toBe('again');
    expect(performance.now() - startedMs).toBeLessThan(1500);
  });

  it('is unavailable at once where nobody listens, and soon where nobody answers', async () => {
    const client = rig.client({ limits: { connectTimeoutMs: 200 } });
    const startedMs = performance.now();
    await expect(client.call('127.0.0.1:1', 'X', null, settings)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
    // A listener that accepts and says nothing.
    const { createServer } = await import('node:net');
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as { port: number };
    await expect(client.call(`127.0.0.1:${port}`, 'X', null, settings)).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(performance.now() - startedMs).toBeLessThan(2000);
    mute.close();
  });

  it('refuses what does not fit, on either side', async () => {
    const server = await rig.server(async () => new Uint8Array(17 * 1024 * 1024));
    const client = rig.client();
    await expect(
      client.call(address(server), 'X', new Uint8Array(17 * 1024 * 1024), settings),
    ).rejects.toMatchObject({ code: 'too-large' });
    await expect(client.call(address(server), 'X', null, settings)).rejects.toMatchObject({
      code: 'too-large',
    });
    const big = new Uint8Array(15 * 1024 * 1024).fill(7);
    const echo = await rig.server(async (_method, body) => body);
    const answer = (await client.call(address(echo), 'X', big, settings)) as Uint8Array;
    expect(Buffer.compare(answer, big)).toBe(0);
  });

  it('closes a connection that is not used', async () => {
    const server = await rig.server(async () => 1);
    const client = rig.client({ limits: { idleMs: 30 } });
    await client.call(address(server), 'X', null, settings);
    const streams = () => (server as unknown as { streams: Set<unknown> }).streams.size;
    expect(streams()).toBe(1);
    await until(() => streams() === 0);
    expect(await client.call(address(server), 'X', null, settings)).toBe(1);
  });

  it('answers what it can of too many calls, and refuses the rest as unavailable', async () => {
    const release = deferred();
    const server = await rig.server(async () => release.promise, {
      limits: { maxCallsPerStream: 5 },
    });
    const client = rig.client({ limits: { maxPendingCalls: 8 } });
    const calls = Array.from({ length: 10 }, () =>
      client.call(address(server), 'X', null, settings).catch((error) => error.code),
    );
    await until(() => rig.metrics.of('rpc.calls_refused') === 3);
    release.resolve();
    const answers = await Promise.all(calls);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(5);
    expect(answers.filter((answer) => answer === 'unavailable')).toHaveLength(5);
  });

  it('reports a port in use', async () => {
    const server: RpcServer = await rig.server(async () => 1);
    await expect(rig.server(async () => 1, { port: server.port })).rejects.toMatchObject({
      message: `cannot listen for RPC on 127.0.0.1:${server.port}: address already in use`,
    });
    expect(realTime.clock.monotonicMs()).toBeGreaterThan(0);
  });
});
