import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeshError, silentLogger, utf8Bytes } from '@mesh/base';
import type { WatchDefinition } from '@mesh/config';
import { EventLog } from '@mesh/event';
import type { ReadOptions, Rpc } from '@mesh/resource';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { watchHandler } from './watch-handlers.ts';
import { WatchRunner } from './watch-runner.ts';

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

function watch(change: Partial<WatchDefinition> = {}): WatchDefinition {
  return {
    type: 'key',
    handlerType: 'script',
    args: ['true'],
    httpHandler: undefined,
    datacenter: '',
    token: '',
    parameters: { key: 'app' },
    ...change,
  };
}

/** Answers of a server, given one by one; a read waits for the next. */
class ScriptedRpc {
  readonly asked: { method: string; options: ReadOptions }[] = [];
  private readonly waiting: {
    resolve(reply: unknown): void;
    reject(error: unknown): void;
  }[] = [];

  read(endpoint: { method: string }, _args: unknown, options: ReadOptions): Promise<unknown> {
    this.asked.push({ method: endpoint.method, options });
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  async answer(value: unknown, index: number): Promise<void> {
    this.waiting.shift()!.resolve({ value, index, knownLeader: true, lastContactMs: 0 });
    await settle();
  }

  async fail(): Promise<void> {
    this.waiting.shift()!.reject(new MeshError('no-leader', 'No cluster leader'));
    await settle();
  }
}

function world(definition: WatchDefinition, failing = false) {
  const platform = new ManualPlatform();
  const rpc = new ScriptedRpc();
  const told: string[] = [];
  const events = new EventLog({ nodeName: 'vm', tagsOf: () => [] }, platform.timers);
  const runner = new WatchRunner([definition], {
    sources: { rpc: rpc as unknown as Rpc, events },
    platform,
    logger: silentLogger,
    token: () => 'agent-token',
    handlerOf: () => async (json, index) => {
      told.push(`${index} ${json}`);
      if (failing) throw new MeshError('unavailable', 'no');
    },
  });
  return { platform, rpc, told, runner, events };
}

/** A pair as the store has it: Node's own bytes, the session left out. */
const pair = {
  LockIndex: 0,
  Key: 'app',
  Flags: 2n ** 60n,
  Value: Buffer.from('<x>'),
  CreateIndex: 3,
  ModifyIndex: 4,
};
const PAIR_JSON =
  '{"Key":"app","CreateIndex":3,"ModifyIndex":4,"LockIndex":0,"Flags":1152921504606846976,' +
  '"Value":"PHg+","Session":""}';

test('tells the handler of each new value once and waits beyond its index', async () => {
  const { rpc, told, runner } = world(watch({ parameters: { key: 'app', stale: true } }));
  await runner.start();
  await settle();
  await rpc.answer(undefined, 5);
  await rpc.answer(pair, 6);
  await rpc.answer({ ...pair }, 7);
  await rpc.answer(undefined, 8);
  expect(told).toEqual(['5 null', `6 ${PAIR_JSON}`, '8 null']);
  expect(rpc.asked.map(({ options }) => options.minIndex)).toEqual([0, 5, 6, 7, 8]);
  expect(rpc.asked[0]!.options).toMatchObject({ token: 'agent-token', consistency: 'stale' });
  await runner.stop();
  expect(rpc.asked.at(-1)!.options.signal?.aborted).toBe(true);
});

test('a prefix without keys is null', async () => {
  const { rpc, told, runner } = world(watch({ type: 'keyprefix', parameters: { prefix: 'a' } }));
  await runner.start();
  await settle();
  await rpc.answer([], 5);
  await rpc.answer([pair], 6);
  expect(told).toEqual(['5 null', `6 [${PAIR_JSON}]`]);
  await runner.stop();
});

test('an index that went back starts over', async () => {
  const { rpc, runner } = world(watch());
  await runner.start();
  await settle();
  await rpc.answer(pair, 50);
  await rpc.answer(pair, 3);
  expect(rpc.asked.map(({ options }) => options.minIndex)).toEqual([0, 50, 0]);
  await runner.stop();
});

test('failed reads are tried again ever later; a failing handler stops nothing', async () => {
  const { rpc, told, runner, platform } = world(watch(), true);
  await runner.start();
  await settle();
  await rpc.fail();
  platform.advance(4999);
  await settle();
  expect(rpc.asked).toHaveLength(1);
  platform.advance(1);
  await settle();
  await rpc.fail();
  platform.advance(19_999);
  await settle();
  expect(rpc.asked).toHaveLength(2);
  platform.advance(1);
  await settle();
  await rpc.answer(pair, 2);
  await rpc.answer(undefined, 3);
  expect(told).toEqual([`2 ${PAIR_JSON}`, '3 null']);
  await runner.stop();
});

test('replaced watches end, the new ones begin', async () => {
  const { rpc, runner } = world(watch());
  await runner.start();
  await settle();
  await runner.replace([watch({ type: 'services', parameters: {} })]);
  await settle();
  expect(rpc.asked.map(({ method }) => method)).toEqual(['KVS.Get', 'Catalog.ListServices']);
  expect(rpc.asked[0]!.options.signal?.aborted).toBe(true);
  await runner.stop();
});

test.each([
  ['keyprefix', { prefix: 'a/' }, 'KVS.List'],
  ['nodes', {}, 'Catalog.ListNodes'],
  ['service', { service: 'web', tag: ['a'], passingonly: true }, 'Health.ServiceNodes'],
  ['checks', {}, 'Health.ChecksInState'],
  ['checks', { service: 'web' }, 'Health.ServiceChecks'],
  ['connect_roots', {}, undefined],
])('%s %j reads %s', async (type, parameters, method) => {
  const { rpc, runner } = world(watch({ type, parameters }));
  await runner.start();
  await settle();
  expect(rpc.asked[0]?.method).toBe(method);
  await runner.stop();
});

test('each event is told once', async () => {
  const { told, runner, events } = world(watch({ type: 'event', parameters: { name: 'deploy' } }));
  await runner.start();
  await settle();
  // The index of the second one is smaller: it is no order.
  const ids = ['f', '1', '7'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
  const filters = { NodeFilter: '', ServiceFilter: '', TagFilter: '' };
  const receive = (Name: string, ID: string) =>
    events.receive({ ID, Name, Payload: utf8Bytes('v'), ...filters, Version: 1, LTime: 2 });
  receive('deploy', ids[0]!);
  await settle();
  receive('other', '00000000-0000-4000-8000-00000000000e');
  await settle();
  receive('deploy', ids[1]!);
  await settle();
  for (let number = 0; number < 256; number++) {
    receive('other', `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
  }
  await settle();
  receive('deploy', ids[2]!);
  await settle();
  const lists = told.map((line) => JSON.parse(line.slice(line.indexOf(' '))) as { ID: string }[]);
  expect(lists.map((list) => list.map(({ ID }) => ID))).toEqual([[], ...ids.map((id) => [id])]);
  expect(told[1]).toContain('"Payload":"dg=="');
  await runner.stop();
});

describe('handlers', () => {
  const { signal } = new AbortController();
  const { timers } = new ManualPlatform();

  test('a program gets the value on stdin and the index in its environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    try {
      const script = `cat > "${folder}/out"; printf %s "$CONSUL_INDEX" >> "${folder}/out"`;
      const handle = watchHandler(watch({ args: ['/bin/sh', '-c', script] }), silentLogger, timers);
      await handle('{"a":1}', 7, signal);
      expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('{"a":1}\n7');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [['/bin/sh', '-c', 'exit 3'], 'ended with 3'],
    [['/nonexistent/program'], 'ENOENT'],
  ])('%j fails', async (args, message) => {
    const handle = watchHandler(watch({ args }), silentLogger, timers);
    await expect(handle('x'.repeat(1e6), 1, signal)).rejects.toThrow(message);
  });

  test('a URL gets a POST with the index; an error answer is a failure', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { 'x-consul-index': index, 'x-own': own } = request.headers;
        seen.push([request.method, request.url, index, own, body]);
        response.statusCode = request.url === '/bad' ? 500 : 200;
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const handlerOf = (path: string) => {
      const httpHandler = { path: `http://127.0.0.1:${port}${path}`, header: { 'X-Own': ['y'] } };
      return watchHandler(watch({ handlerType: 'http', httpHandler }), silentLogger, timers);
    };
    try {
      await handlerOf('/ok')('[1]', 9, signal);
      await expect(handlerOf('/bad')('[1]', 9, signal)).rejects.toThrow('answered 500');
      expect(seen[0]).toEqual(['POST', '/ok', '9', 'y', '[1]\n']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('a program goes on after its watch has ended: it may have asked for the reload', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    try {
      const script = `cat "${folder}/go"; echo done > "${folder}/out"`;
      execFileSync('mkfifo', [join(folder, 'go')]);
      const abort = new AbortController();
      const handle = watchHandler(watch({ args: ['/bin/sh', '-c', script] }), silentLogger, timers);
      const told = handle('1', 1, abort.signal);
      abort.abort();
      await told;
      writeFileSync(join(folder, 'go'), 'x');
      while (!existsSync(join(folder, 'out'))) await settle();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a URL that does not answer in time is a failure', async () => {
    const server = createServer((_request, response) => response.write('never ending'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const platform = new ManualPlatform();
    const httpHandler = {
      path: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      timeout: '3s',
    };
    const definition = watch({ handlerType: 'http', httpHandler });
    const told = watchHandler(definition, silentLogger, platform.timers)('1', 1, signal);
    await new Promise((resolve) => server.once('request', resolve));
    platform.advance(3000);
    await expect(told).rejects.toThrow(/no answer in 3000 ms|aborted/);
    expect(platform.waiting).toBe(0);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
