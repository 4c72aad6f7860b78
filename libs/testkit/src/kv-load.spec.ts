import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './agent-process.ts';
import { KvLoad } from './kv-load.ts';

/** A key-value store in this process that answers as told. */
class FakeStore {
  readonly pairs = new Map<string, { value: string; index: number }>();
  misbehave: 'not' | 'refuse' | 'apply and break' | 'fail' = 'not';
  private index = 1;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => this.answer(request, response, body));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(request.url!, 'http://store');
    const key = url.pathname.replace('/v1/kv/', '');
    if (this.misbehave === 'refuse') response.writeHead(500).end('No cluster leader');
    else if (this.misbehave === 'fail') response.writeHead(500).end('leadership lost');
    else if (request.method === 'GET') this.get(response, key);
    else {
      const wrote = this.put(key, body, url.searchParams.get('cas'));
      if (this.misbehave === 'apply and break') request.socket.destroy();
      else response.end(String(wrote));
    }
  }

  private get(response: ServerResponse, key: string): void {
    const pair = this.pairs.get(key);
    if (!pair) return void response.writeHead(404).end();
    const Value = Buffer.from(pair.value).toString('base64');
    response.end(JSON.stringify([{ Key: key, Value, ModifyIndex: pair.index }]));
  }

  private put(key: string, value: string, cas: string | null): boolean {
    if (cas !== null && Number(cas) !== (this.pairs.get(key)?.index ?? 0)) return false;
    this.pairs.set(key, { value, index: ++this.index });
    return true;
  }
}

describe('KvLoad', () => {
  let store: FakeStore;
  let load: KvLoad;
  beforeEach(async () => {
    store = new FakeStore();
    load = new KvLoad({ targets: [{ port: await store.listen() }], pauseMs: 1 }).start();
    await load.moreAcks(100);
  });
  afterEach(async () => {
    await load.stop();
    store.close();
  });

  it('remembers what was acknowledged', async () => {
    await load.stop();
    expect(load.acknowledged.size).toBeGreaterThan(10);
    for (const [key, value] of load.acknowledged) expect(store.pairs.get(key)?.value).toBe(value);
    expect(load.describeFailures()).toBe('none');
    const kinds = new Set(load.history.operations().map(({ request }) => request.kind));
    expect(kinds).toEqual(new Set(['read', 'put', 'cas']));
  });

  it('what was refused for want of a leader is no part of the history', async () => {
    store.misbehave = 'refuse';
    while (load.refused.size === 0) await new Promise(setImmediate);
    store.misbehave = 'not';
    await load.moreAcks(10);
    await load.stop();
    for (const key of load.refused.keys()) expect(load.acknowledged.has(key)).toBe(false);
    const open = load.history.operations().filter((one) => one.returnedAtMs === undefined);
    expect(open).toEqual([]);
    expect(load.describeFailures()).toMatch(/\d+ x 500 No cluster leader/);
  });

  it.each(['apply and break', 'fail'] as const)('%s: the outcome is unknown', async (how) => {
    store.misbehave = how;
    while (load.failures.size === 0) await new Promise(setImmediate);
    store.misbehave = 'not';
    await load.moreAcks(10);
    await load.stop();
    expect(load.refused.size).toBe(0);
    for (const [key, value] of load.acknowledged) expect(store.pairs.get(key)?.value).toBe(value);
  });

  it('finds the longest time without a write', async () => {
    const fromMs = performance.now();
    store.misbehave = 'refuse';
    const endMs = performance.now() + 150;
    while (performance.now() < endMs) await new Promise(setImmediate);
    store.misbehave = 'not';
    await load.moreAcks(20);
    const gap = load.longestGap(fromMs, performance.now());
    expect(gap.lengthMs).toBeGreaterThan(100);
    expect(gap.lengthMs).toBeLessThan(5000);
    load.nextPhase();
    // What was under way before is acknowledged first.
    await until('a key of the new phase', () =>
      [...load.acknowledged.keys()].some((key) => /^own\/\d+\.1\//.test(key)),
    );
  });
});
