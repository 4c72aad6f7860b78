import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { CheckDefinition } from '@mesh/api-contract';
import { type Platform, silentLogger, type Timer } from '@mesh/base';
import { createCheck } from './check.ts';
import type { AliasSource, CheckDeps, CheckResult, RunningCheck } from './types.ts';

const NOTHING: CheckDefinition = {
  id: '',
  name: '',
  notes: '',
  serviceId: '',
  token: '',
  status: undefined,
  args: [],
  http: '',
  method: '',
  header: {},
  body: '',
  tcp: '',
  grpc: '',
  grpcUseTls: false,
  dockerContainerId: '',
  shell: '',
  aliasService: '',
  aliasNode: '',
  tlsSkipVerify: false,
  intervalMs: 1000,
  timeoutMs: 0,
  ttlMs: 0,
  successBeforePassing: 0,
  failuresBeforeCritical: 0,
  deregisterCriticalServiceAfterMs: 0,
  outputMaxBytes: 0,
};

/** Timers that fire when told; the clock stands still otherwise. */
class ManualTimers {
  pending: { delayMs: number; run: () => void }[] = [];
  after(delayMs: number, run: () => void): Timer {
    const entry = { delayMs, run };
    this.pending.push(entry);
    return {
      cancel: () => {
        this.pending = this.pending.filter((other) => other !== entry);
      },
    };
  }
  /** Fires the oldest timer that waits for so long, or any. */
  fire(delayMs?: number): void {
    const entry = this.pending.find((one) => delayMs === undefined || one.delayMs === delayMs);
    if (!entry) throw new Error(`no timer of ${delayMs} ms waits`);
    this.pending = this.pending.filter((other) => other !== entry);
    entry.run();
  }
}

describe('checks', () => {
  let timers: ManualTimers;
  let results: CheckResult[];
  let waiting: ((result: CheckResult) => void)[];
  let started: RunningCheck[];
  beforeEach(() => {
    timers = new ManualTimers();
    results = [];
    waiting = [];
    started = [];
  });
  afterEach(() => {
    for (const check of started) check.stop();
  });

  function deps(more: Partial<CheckDeps> = {}): CheckDeps {
    const platform: Platform = {
      clock: { nowMs: () => Date.now(), monotonicMs: () => 0 },
      timers,
      random: { float: () => 0.25, bytes: (count) => new Uint8Array(count), uuid: () => '' },
    };
    return {
      platform,
      logger: silentLogger,
      outputMaxBytes: 4096,
      report: (result) => {
        results.push(result);
        waiting.shift()?.(result);
      },
      ...more,
    };
  }

  function start(
    definition: Partial<CheckDefinition>,
    more: Partial<CheckDeps> = {},
  ): RunningCheck {
    const check = createCheck('c', { ...NOTHING, ...definition }, deps(more));
    started.push(check);
    check.start();
    return check;
  }

  const nextResult = () => new Promise<CheckResult>((resolve) => waiting.push(resolve));

  /** Starts a check, lets its first run begin, and waits for what it finds. */
  async function firstResult(
    definition: Partial<CheckDefinition>,
    more: Partial<CheckDeps> = {},
  ): Promise<CheckResult> {
    const result = nextResult();
    start(definition, more);
    timers.fire(250);
    return result;
  }

  it('runs first at a random point of the interval, then after each interval', async () => {
    const first = nextResult();
    start({ args: ['true'], intervalMs: 8000 });
    expect(timers.pending.map((timer) => timer.delayMs)).toEqual([2000]);
    timers.fire(2000);
    await first;
    await new Promise(setImmediate);
    expect(timers.pending.map((timer) => timer.delayMs)).toEqual([8000]);
  });

  it('raises an interval below a second', () => {
    start({ args: ['true'], intervalMs: 10 });
    expect(timers.pending.map((timer) => timer.delayMs)).toEqual([250]);
  });

  it('refuses a definition without anything to do', () => {
    expect(() => createCheck('c', NOTHING, deps())).toThrow('args, http, tcp');
  });

  describe('script', () => {
    it.each([
      ['true', 'passing', 0],
      ['exit 1', 'warning', 1],
      ['exit 2', 'critical', 2],
      ['kill -9 $$', 'critical', -1],
    ])('%s is %s', async (script, status) => {
      expect((await firstResult({ args: ['sh', '-c', script] })).status).toBe(status);
    });

    it('reports what it prints on both streams, without a shell in between', async () => {
      const result = await firstResult({ args: ['sh', '-c', 'echo out; echo "$0" >&2', '$HOME'] });
      expect(result.output).toContain('out\n');
      expect(result.output).toContain('$HOME\n');
    });

    it('keeps the end of a long output and says so', async () => {
      const script = 'head -c 100000 /dev/zero | tr "\\0" x; echo end';
      const result = await firstResult({ args: ['sh', '-c', script], outputMaxBytes: 10 });
      expect(result.output).toBe('Captured 10 of 100004 bytes\n...\nxxxxxxend\n');
    });

    it('a program that is not there is critical', async () => {
      const result = await firstResult({ args: ['/no/such/program'] });
      expect(result).toMatchObject({ status: 'critical' });
      expect(result.output).toContain('/no/such/program');
    });

    it('is killed with its children when the time is over', async () => {
      const result = nextResult();
      start({ args: ['sh', '-c', 'echo before; sleep 600 & wait'], timeoutMs: 3000 });
      timers.fire(250);
      while (!timers.pending.some((timer) => timer.delayMs === 3000)) {
        await new Promise(setImmediate);
      }
      timers.fire(3000);
      const { status, output } = await result;
      expect(status).toBe('critical');
      expect(output).toMatch(/^Timed out \(3s\) running check/);
    });

    it('reports nothing after it was stopped', async () => {
      const check = start({ args: ['sh', '-c', 'sleep 600'] });
      timers.fire(250);
      check.stop();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(results).toEqual([]);
    });
  });

  describe('http', () => {
    let server: Server;
    let answer: (request: IncomingMessage, response: ServerResponse) => void;
    let base: string;
    beforeEach(async () => {
      server = createServer((request, response) => answer(request, response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });

    it.each([
      [200, 'passing'],
      [204, 'passing'],
      [429, 'warning'],
      [404, 'critical'],
      [503, 'critical'],
    ])('%i is %s', async (code, status) => {
      answer = (_, response) => response.writeHead(code).end();
      expect((await firstResult({ http: base })).status).toBe(status);
    });

    it('sends method, headers and body; reports status line and body', async () => {
      let seen = '';
      answer = (request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          seen = `${request.method} ${request.url} ${request.headers['x-a']} ${request.headers.host} ${body}`;
          response.end('fine');
        });
      };
      const result = await firstResult({
        http: `${base}/health`,
        method: 'POST',
        header: { 'X-A': ['1', '2'], Host: ['example.com'] },
        body: 'payload',
      });
      expect(seen).toBe('POST /health 1, 2 example.com payload');
      expect(result.output).toBe(`HTTP POST ${base}/health: 200 OK Output: fine`);
    });

    it('follows redirects, but not for ever', async () => {
      answer = (request, response) => {
        const step = Number(request.url!.slice(1) || 0);
        if (step === 3) response.end('arrived');
        else response.writeHead(302, { Location: `/${step + 1}` }).end();
      };
      expect((await firstResult({ http: base })).output).toContain('arrived');
      answer = (_, response) => response.writeHead(302, { Location: '/again' }).end();
      const result = await firstResult({ http: base });
      expect(result.status).toBe('critical');
      expect(result.output).toContain('stopped after 10 redirects');
    });

    it('keeps only so much of an endless body', async () => {
      answer = (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(1000)));
        };
        response.on('drain', more);
        more();
      };
      const result = await firstResult({ http: base, outputMaxBytes: 50 });
      expect(result.output).toBe(`HTTP GET ${base}/: 200 OK Output: ${'x'.repeat(50)}`);
    });

    it('a refused connection is critical, in the words that people know', async () => {
      await new Promise((resolve) => server.close(resolve));
      const result = await firstResult({ http: base });
      expect(result.status).toBe('critical');
      expect(result.output).toBe(
        `Get "${base}": dial tcp ${base.slice('http://'.length)}: connect: connection refused`,
      );
    });

    it('gives up when the time is over', async () => {
      let asked = () => {};
      const isAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      answer = () => asked();
      const result = nextResult();
      start({ http: base, timeoutMs: 777 });
      timers.fire(250);
      await isAsked;
      timers.fire(777);
      expect(await result).toMatchObject({ status: 'critical' });
      expect(results[0]!.output).toContain('deadline exceeded');
    });
  });

  describe('tcp', () => {
    it('passes when a connection can be made, and not otherwise', async () => {
      const server = createTcpServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await firstResult({ tcp: target })).toEqual({
        status: 'passing',
        output: `TCP connect ${target}: Success`,
      });
      await new Promise((resolve) => server.close(resolve));
      expect(await firstResult({ tcp: target })).toEqual({
        status: 'critical',
        output: `dial tcp ${target}: connect: connection refused`,
      });
    });

    it('an address without a port is critical', async () => {
      expect((await firstResult({ tcp: 'localhost' })).status).toBe('critical');
    });
  });

  describe('thresholds', () => {
    it('so many results in a row change the status', async () => {
      const file = `/tmp/mesh-check-${process.pid}`;
      const check = {
        args: ['sh', '-c', `exit $(cat ${file})`],
        successBeforePassing: 2,
        failuresBeforeCritical: 3,
      };
      const { writeFileSync, rmSync } = await import('node:fs');
      const codes = [2, 2, 0, 2, 2, 2, 0, 0];
      const counts: number[] = [];
      writeFileSync(file, String(codes[0]));
      start(check);
      for (const [at, code] of codes.entries()) {
        writeFileSync(file, String(code));
        timers.fire(at === 0 ? 250 : 1000);
        while (!timers.pending.some((timer) => timer.delayMs === 1000)) {
          await new Promise(setImmediate);
        }
        counts.push(results.length);
      }
      rmSync(file);
      expect(counts).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
      expect(results.map((result) => result.status)).toEqual(['critical', 'passing']);
    });
  });

  describe('ttl', () => {
    it('is critical when nobody reports in time; a report starts the time anew', () => {
      const check = start({ ttlMs: 5000 });
      check.setTtl!({ status: 'passing', output: 'all good' });
      expect(timers.pending).toHaveLength(1);
      timers.fire(5000);
      expect(results.map((result) => result.status)).toEqual(['passing', 'critical']);
      expect(results[1]!.output).toMatch(/^TTL expired.*all good/);
      check.setTtl!({ status: 'warning', output: '' });
      expect(results[2]).toEqual({ status: 'warning', output: '' });
    });

    it('takes no report once stopped', () => {
      const check = start({ ttlMs: 5000 });
      check.stop();
      check.setTtl!({ status: 'passing', output: '' });
      expect(results).toEqual([]);
      expect(timers.pending).toEqual([]);
    });
  });

  it('alias follows its source until stopped', () => {
    let change: (result: CheckResult) => void = () => {};
    let watched = 0;
    const aliasSource: AliasSource = {
      watch: (target, onChange) => {
        expect(target).toEqual({ service: 'db', node: '' });
        watched++;
        change = onChange;
        return () => watched--;
      },
    };
    const check = start({ aliasService: 'db' }, { aliasSource });
    change({ status: 'critical', output: 'down' });
    expect(results).toEqual([{ status: 'critical', output: 'down' }]);
    check.stop();
    expect(watched).toBe(0);
  });

  it('docker without an engine is critical and says so', async () => {
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock';
    try {
      const result = await firstResult({ dockerContainerId: 'c', args: ['true'] });
      expect(result.status).toBe('critical');
      expect(result.output).toContain('cannot reach the Docker engine');
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
    }
  });
});
