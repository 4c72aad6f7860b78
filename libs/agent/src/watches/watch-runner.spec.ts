import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MeshError, silentLogger, utf8Bytes } from '@mesh/base';
import type { WatchDefinition } from '@mesh/config';
import { EventLog } from '@mesh/event';
import type { ReadOptions, Rpc } from '@mesh/resource';
import { ManualPlatform } from '../testing/manual-platform.ts';
import { watchHandler, watchJson } from './watch-handlers.ts';
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

test('tells the handler of each new value once and waits beyond its index', async () => {
  const { rpc, told, runner } = world(watch({ parameters: { key: 'app', stale: true } }));
  await runner.start();
  await settle();
  await rpc.answer(undefined, 5);
  await rpc.answer({ Key: 'app', Value: utf8Bytes('x') }, 6);
  await rpc.answer({ Key: 'app', Value: utf8Bytes('x') }, 7);
  await rpc.answer(undefined, 8);
  expect(told).toEqual(['6 {"Key":"app","Value":"eA=="}', '8 null']);
  expect(rpc.asked.map(({ options }) => options.minIndex)).toEqual([0, 5, 6, 7, 8]);
  expect(rpc.asked[0]!.options).toMatchObject({ token: 'agent-token', consistency: 'stale' });
  await runner.stop();
  expect(rpc.asked.at(-1)!.options.signal?.aborted).toBe(true);
});

test('an index that went back starts over', async () => {
  const { rpc, runner } = world(watch());
  await runner.start();
  await settle();
  await rpc.answer(1, 50);
  await rpc.answer(1, 3);
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
  await rpc.answer(1, 2);
  await rpc.answer(2, 3);
  expect(told).toEqual(['2 1', '3 2']);
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

test('events are told as they come', async () => {
  const { told, runner, events } = world(watch({ type: 'event', parameters: { name: 'deploy' } }));
  await runner.start();
  await settle();
  const event = { Name: 'deploy', Payload: null, NodeFilter: '', ServiceFilter: '', TagFilter: '' };
  const ID = 'b54fe110-7af5-cafc-d1fb-afc8ba432b1c';
  events.receive({ ...event, ID, Version: 1, LTime: 2 });
  await settle();
  expect(told).toHaveLength(2);
  expect(told[0]).toBe('1 []');
  expect(told[1]).toContain(`"ID":"${ID}"`);
  await runner.stop();
});

describe('handlers', () => {
  const { signal } = new AbortController();

  test('a program gets the value on stdin and the index in its environment', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    try {
      const script = `cat > "${folder}/out"; printf %s "$CONSUL_INDEX" >> "${folder}/out"`;
      const handle = watchHandler(watch({ args: ['/bin/sh', '-c', script] }), silentLogger);
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
    const handle = watchHandler(watch({ args }), silentLogger);
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
      return watchHandler(watch({ handlerType: 'http', httpHandler }), silentLogger);
    };
    try {
      await handlerOf('/ok')('[1]', 9, signal);
      await expect(handlerOf('/bad')('[1]', 9, signal)).rejects.toThrow('answered 500');
      expect(seen[0]).toEqual(['POST', '/ok', '9', 'y', '[1]']);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('bytes are base64', () => {
    expect(watchJson([{ Value: utf8Bytes('ab'), Flags: 5n }])).toBe('[{"Value":"YWI=","Flags":5}]');
  });
});
