import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { UserEvent } from '@mesh/api-contract';
import { MeshError, silentLogger, utf8Bytes, utf8Text } from '@mesh/base';
import { type KvWrite, kvApply, kvGet } from '@mesh/kv';
import type { ReadEndpoint, ReadOptions, Rpc, WriteEndpoint, WriteOptions } from '@mesh/resource';
import { until } from '@mesh/testkit';
import { RemoteExec } from './remote-exec.ts';

const SESSION = '0f2b1f0a-3d4f-4a6e-9d0b-1f2e3d4c5b6a';
const FOLDER = `_rexec/${SESSION}`;
/** Real time, that many times as fast. */
const timersOf = (speed: number) => ({
  after: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs / speed);
    return { cancel: () => clearTimeout(timer) };
  },
});

type LockWrite = KvWrite & { readonly op: string; readonly session: string };

/** The key-value store as a job sees it. */
class FakeStore implements Pick<Rpc, 'write'> {
  readonly keys = new Map<string, Uint8Array>();
  readonly reads: string[] = [];
  readonly tokens = new Set<string>();
  /** Writes are refused once the session has ended. */
  hasSession = true;
  failure: Error | undefined;
  /** Servers that lag behind do not have the job yet. */
  isBehind = false;

  async read<A, R>({ method }: ReadEndpoint<A, R>, args: A, options: ReadOptions) {
    expect(method).toBe(kvGet.method);
    this.reads.push(options.consistency);
    this.tokens.add(options.token);
    const isHidden = this.isBehind && options.consistency === 'stale';
    const Value = isHidden ? undefined : this.keys.get((args as { readonly key: string }).key);
    const value = (Value && { Value }) as R;
    return { value, index: 1, knownLeader: true, lastContactMs: 0 };
  }

  async write<A, R>({ method }: WriteEndpoint<A, R>, args: A, { token }: WriteOptions) {
    expect(method).toBe(kvApply.method);
    const { op, key, value, session } = args as LockWrite;
    expect([op, session]).toEqual(['lock', SESSION]);
    this.tokens.add(token);
    if (this.failure) throw this.failure;
    if (this.hasSession) this.keys.set(key, value);
    return this.hasSession as R;
  }

  /** What the node wrote, by name. */
  said(): Record<string, string> {
    const own = [...this.keys].filter(([key]) => key.startsWith(`${FOLDER}/n1/`));
    return Object.fromEntries(
      own.map(([key, value]) => [key.slice(FOLDER.length + 4), utf8Text(value)]),
    );
  }

  output(): string {
    const pieces = Object.entries(this.said()).filter(([name]) => name.startsWith('out/'));
    return pieces.map(([, piece]) => piece).join('');
  }
}

const running: RemoteExec[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

function world({ isEnabled = true, speed = 1 } = {}) {
  const store = new FakeStore();
  const lines: string[] = [];
  const log = (message: string) => void lines.push(message);
  const logger = { ...silentLogger, debug: log, info: log, warn: log, error: log };
  const exec = new RemoteExec({
    isEnabled,
    nodeName: 'n1',
    rpc: store as never as Rpc,
    timers: timersOf(speed),
    logger,
    token: () => 'agent-token',
  });
  running.push(exec);
  const handle = (payload: unknown = { Prefix: '_rexec', Session: SESSION }) => {
    const Payload = utf8Bytes(JSON.stringify(payload));
    exec.handle({ ID: 'e', Name: '_rexec', Payload } as UserEvent);
  };
  const run = (spec: unknown) => {
    store.keys.set(`${FOLDER}/job`, utf8Bytes(JSON.stringify(spec)));
    handle();
  };
  const ended = () => until('the job', () => store.said()['exit'] !== undefined);
  return { store, lines, exec, handle, run, ended };
}

test('runs a command with a shell', async () => {
  const { store, run, ended } = world();
  run({ Command: 'echo "a  b"; echo oops >&2; exit 3', Wait: 2e9 });
  await ended();
  expect(store.said()).toEqual({ ack: '', 'out/00000': expect.any(String), exit: '3' });
  expect(store.output().split('\n').sort()).toEqual(['', 'a  b', 'oops']);
  expect([store.reads, [...store.tokens]]).toEqual([['stale'], ['agent-token']]);
});

test('runs a program without a shell', async () => {
  const { store, run, ended } = world();
  run({ Args: ['printf', '%s', '$HOME *'] });
  await ended();
  expect(store.said()).toEqual({ ack: '', 'out/00000': '$HOME *', exit: '0' });
});

test('runs a script, and leaves no file behind', async () => {
  const { store, run, ended } = world();
  const script = '#!/bin/sh\necho "$0"\nls -l "$0" | cut -c1-10\n';
  run({ Script: Buffer.from(script).toString('base64') });
  await ended();
  const [path, mode] = store.output().split('\n') as [string, string];
  expect(mode).toBe('-rwx------');
  expect(path.startsWith(tmpdir())).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(tmpdir())).not.toContain(path.split('/').at(-2));
});

test.each([
  [{ Args: ['/nowhere/at-all'] }, '255', /^cannot be run: /],
  [{ Command: 'kill -9 $$' }, '137', /^$/],
])('%j ends with %s', async (spec, code, output) => {
  const { store, run, ended } = world();
  run(spec);
  await ended();
  expect(store.said()['exit']).toBe(code);
  expect(store.output()).toMatch(output);
});

test('gives signs of life while there is no output', async () => {
  const { store, run, exec } = world();
  run({ Command: 'exec sleep 60', Wait: 1 });
  await until('the job', () => 'out/00001' in store.said());
  expect(store.said()).toEqual({ ack: '', 'out/00000': '', 'out/00001': '' });
  await exec.stop();
  expect(store.said()['exit']).toBe('255');
});

test('a background child that holds the output is not waited for, and lives on', async () => {
  const { store, run, ended } = world();
  run({ Command: 'sleep 60 & echo $!' });
  await ended();
  const pid = Number(store.output());
  expect(store.said()['exit']).toBe('0');
  process.kill(pid, 'SIGKILL');
});

test('output comes in pieces of 4 KiB', async () => {
  const { store, run, ended } = world();
  run({ Command: 'head -c 20000 /dev/zero' });
  await ended();
  const { ack, exit, ...pieces } = store.said();
  expect([ack, exit]).toEqual(['', '0']);
  expect(Object.values(pieces).map(({ length }) => length)).toEqual([4096, 4096, 4096, 4096, 3616]);
});

test('a megabyte of output is passed on, and the program runs to its end', async () => {
  const { store, run, ended } = world({ speed: 500 });
  run({ Command: 'head -c 3000000 /dev/zero; exit 4', Wait: 60e9 });
  await ended();
  expect(store.said()['exit']).toBe('4');
  const output = store.output().replaceAll('\0', '');
  expect(output).toBe('\n[output beyond 1048576 bytes is dropped]\n');
  expect(store.output()).toHaveLength(1024 * 1024 + output.length);
});

test('the program is killed when the session ends', async () => {
  const { store, run, exec } = world();
  run({ Command: 'echo $$; exec sleep 60', Wait: 1 });
  await until('the job', () => store.output() !== '');
  const pid = Number(store.output().trim());
  store.hasSession = false;
  await until('the job', () => !isAlive(pid));
  await exec.stop();
  expect(store.said()['exit']).toBeUndefined();
});

test('and when the servers fail', async () => {
  const { store, run, lines } = world();
  run({ Command: 'echo $$; exec sleep 60', Wait: 1 });
  await until('the job', () => store.output() !== '');
  const pid = Number(store.output().trim());
  store.failure = new MeshError('no-leader', 'No cluster leader');
  await until('the job', () => !isAlive(pid) && lines.includes('remote exec job failed'));
});

test('a server that lags behind is not the last word', async () => {
  const { store, run, ended } = world();
  store.isBehind = true;
  run({ Command: 'true' });
  await ended();
  expect(store.reads).toEqual(['stale', 'default']);
});

describe('runs nothing', () => {
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };

  test('where it is disabled', async () => {
    const { store, run, lines } = world({ isEnabled: false });
    run({ Command: 'true' });
    await settle();
    expect([store.said(), store.reads]).toEqual([{}, []]);
    expect(lines).toEqual(['ignoring remote exec event, remote exec disabled.']);
  });

  test('without a job', async () => {
    const { store, handle, lines } = world();
    handle();
    await settle();
    expect(store.said()).toEqual({});
    expect(lines).toContain('remote exec aborted, job spec missing');
  });

  test.each([
    [{}, undefined],
    [undefined, {}],
    [undefined, { Script: '%' }],
  ])('for what it cannot read: %j %j', async (event, spec) => {
    const { store, handle, run, lines } = world();
    if (spec) run(spec);
    else handle(event);
    await settle();
    expect(store.said()).toEqual({});
    expect(lines).toContain('remote exec job failed');
  });

  test('for a session that has ended', async () => {
    const { store, run, lines } = world();
    store.hasSession = false;
    run({ Command: 'true' });
    await settle();
    expect(lines).toEqual(['received remote exec event']);
  });

  test('after it was stopped', async () => {
    const { store, run, exec } = world();
    await exec.stop();
    run({ Command: 'true' });
    await settle();
    expect(store.reads).toEqual([]);
  });
});

test('eight jobs run at a time; the next is refused', async () => {
  const { store, run, handle, lines } = world();
  run({ Command: 'exec sleep 60', Wait: 60e9 });
  for (let more = 1; more < 9; more++) handle();
  await until('the job', () => store.said()['exit'] === '255');
  expect(store.output()).toBe('refused: 8 jobs are running on this node\n');
  expect(lines.filter((line) => line === 'remote exec script')).toHaveLength(8);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
