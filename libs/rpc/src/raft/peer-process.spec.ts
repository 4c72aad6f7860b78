import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeshError } from '@mesh/base';
import { buildSync } from 'esbuild';
import { append, heartbeat, type RaftEnd, RaftRig } from '../testing/raft-rig.ts';
import { until } from '../testing/rpc-rig.ts';

const MIB = 1024 * 1024;

describe('a peer in another process', () => {
  let folder: string;
  let program: string;
  let rig: RaftRig;
  let a: RaftEnd;
  let peer: ChildProcess;
  let peerAddress: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-rpc-'));
    program = join(folder, 'peer.cjs');
    buildSync({
      entryPoints: [join(__dirname, '../testing/peer-process.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      conditions: ['@mesh/source'],
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    rig = new RaftRig();
    a = await rig.end('a');
    peer = fork(program, [a.address], { serialization: 'json' });
    const port = await new Promise<unknown>((resolve) => peer.once('message', resolve));
    peerAddress = `127.0.0.1:${port}`;
    a.transport.setPeers(new Map([['b', peerAddress]]));
    await until(() => {
      a.transport.send(heartbeat('a', 'b', 0));
      return a.received.length > 0;
    });
  });
  afterEach(async () => {
    if (peer.exitCode === null && peer.signalCode === null) {
      const exited = new Promise((resolve) => peer.once('exit', resolve));
      peer.kill('SIGKILL');
      await exited;
    }
    await rig.stop();
  });

  it('is gone within tens of milliseconds of a kill -9', async () => {
    const atMs = performance.now();
    peer.kill('SIGKILL');
    await until(() => a.gone.length > 0);
    expect((a.gone[0]?.atMs as number) - atMs).toBeLessThan(200);
    for (let n = 0; n < 10; n += 1) {
      a.transport.send(heartbeat('a', 'b', n));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(a.gone).toHaveLength(1);
  });

  it('is not gone when it is only silent, and costs bounded memory meanwhile', async () => {
    peer.kill('SIGSTOP');
    const before = process.memoryUsage();
    const data = [Buffer.alloc(256 * 1024)];
    for (let n = 0; n < 400; n += 1) {
      a.transport.send(append('a', 'b', n, data));
      a.transport.send(heartbeat('a', 'b', n));
      if (n % 10 === 0) await new Promise(setImmediate);
    }
    const after = process.memoryUsage();
    const grown = after.arrayBuffers + after.external - before.arrayBuffers - before.external;
    // 100 MiB were offered: 8 MiB may wait, and what grpc and the kernel hold.
    expect(grown).toBeLessThan(40 * MIB);
    expect(a.metrics.of('raft.transport.dropped')).toBeGreaterThan(300);
    expect(a.gone).toEqual([]);
    a.received.length = 0;
    peer.kill('SIGCONT');
    await until(() => a.received.some((one) => one.kind === 'append-response'));
    await until(() => a.received.some((one) => one.kind === 'heartbeat-response'));
    expect(a.gone).toEqual([]);
  });

  it('takes a bounded number of calls while it is silent, and knows what became of each', async () => {
    const client = rig.client({ limits: { maxQueuedBytes: 4 * MIB } });
    const body = Buffer.alloc(256 * 1024);
    await client.call(peerAddress, 'Echo', 1, { timeoutMs: 5000 });
    peer.kill('SIGSTOP');
    const calls = Array.from({ length: 100 }, () =>
      client.call(peerAddress, 'Echo', body, { timeoutMs: 500 }).then(
        () => ({ code: 'answered' }),
        (error: MeshError) => ({ code: error.code as string }),
      ),
    );
    const atOnce = await Promise.race([Promise.all(calls.slice(60)), calls[0]]);
    // 25 MiB were offered: 4 MiB may wait, and a little is on its way.
    expect(atOnce).toHaveLength(40);
    expect(atOnce).toEqual(Array(40).fill({ code: 'unavailable' }));
    const codes = (await Promise.all(calls)).map(({ code }) => code);
    const sent = codes.filter((code) => code === 'unknown-outcome').length;
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(40);
    expect(codes.filter((code) => code === 'unavailable')).toHaveLength(100 - sent);
    peer.kill('SIGCONT');
    expect(await client.call(peerAddress, 'Echo', 'back', { timeoutMs: 5000 })).toBe('back');
  });

  it('answers heartbeats while bulk is under way', async () => {
    const data = [Buffer.alloc(MIB)];
    let sent = 0;
    let answered: ((roundMs: number) => void) | undefined;
    let bulk = 0;
    a.onMessage = (message) => {
      if (message.kind === 'heartbeat-response') answered?.(message.roundMs);
      if (message.kind !== 'append-response') return;
      bulk += 1;
      a.transport.send(append('a', 'b', sent++, data));
    };
    for (let n = 0; n < 8; n += 1) a.transport.send(append('a', 'b', sent++, data));
    const times: number[] = [];
    while (times.length < 100 || bulk < 20) {
      const atMs = performance.now();
      const answer = new Promise<void>((resolve) => {
        answered = (roundMs) => roundMs === atMs && resolve();
      });
      a.transport.send(heartbeat('a', 'b', atMs));
      await answer;
      times.push(performance.now() - atMs);
      await new Promise(setImmediate);
    }
    times.sort((x, y) => x - y);
    expect(times[Math.floor(times.length * 0.5)]).toBeLessThan(25);
    expect(times[Math.floor(times.length * 0.98)]).toBeLessThan(100);
  });
});
