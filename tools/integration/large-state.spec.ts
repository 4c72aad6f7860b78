/** 100,000 keys: snapshots under load, restart, a new follower, save and restore. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOf,
  faultSetting,
  KeepAliveClient,
  KvLoad,
  reportFaults,
  ServerCluster,
  type ServerProcess,
  type StateDigest,
  until,
} from '@mesh/testkit';

const KEYS = faultSetting('KEYS', 100_000);
/** Most operations of one transaction. */
const BATCH = 64;
/** Bounds that hold on a machine with other things to do; the number itself is a row of tools/bench. */
const LONGEST_STALL_MS = 2000;
const P99_MS = 250;

describe('a large state', () => {
  let cluster: ServerCluster;
  let first: ServerProcess;
  let full: StateDigest;
  beforeAll(async () => {
    cluster = await ServerCluster.start({
      size: 1,
      config: {
        raft_snapshot_threshold: 200,
        raft_snapshot_interval: '500ms',
        raft_trailing_logs: 50,
        autopilot: { server_stabilization_time: '200ms' },
      },
    });
    first = cluster.servers[0]!;
  });
  afterAll(() => cluster?.stop());

  it(`takes snapshots of ${KEYS} keys while it writes, and no request stalls`, async () => {
    const filledMs = await timed(() => fill(first));
    const load = new KvLoad({ targets: [first.target], appenders: 4, contenders: 0, pauseMs: 2 });
    load.start();
    const before = snapshotsOf(first);
    const probing = probe(first);
    await until('two more snapshots', () => {
      return snapshotsOf(first).filter((name) => !before.includes(name)).length >= 2;
    });
    const latenciesMs = (await probing.stop()).sort((a, b) => a - b);
    await load.stop();
    const at = (share: number) => latenciesMs[Math.floor((latenciesMs.length - 1) * share)]!;
    reportFaults(
      `${KEYS} keys written in ${Math.round(filledMs)} ms; ${latenciesMs.length} requests during ` +
        `snapshots: median ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, ` +
        `longest ${at(1).toFixed(1)} ms`,
    );
    full = await digestOf(first);
    expect(full.keys).toBe(KEYS + load.acknowledged.size + 1);
    expect(at(0.99)).toBeLessThan(P99_MS);
    expect(at(1)).toBeLessThan(LONGEST_STALL_MS);
  });

  it('restarts with all of it', async () => {
    await first.kill();
    const ms = await timed(async () => {
      first.spawn();
      await first.waitUntilReadable();
    });
    reportFaults(`restart of ${KEYS} keys, exec to readable: ${Math.round(ms)} ms`);
    expect(await digestOf(first)).toEqual(full);
  });

  it('a new follower catches up by a snapshot', async () => {
    const added = await cluster.add();
    const ms = await timed(async () => {
      added.spawn();
      await added.waitUntilReadable();
      expect(await cluster.converged()).toEqual(full);
    });
    reportFaults(`a new follower has ${KEYS} keys after ${Math.round(ms)} ms`);
    // The log begins long after the first entry: there is no other way.
    expect(snapshotsOf(added).length).toBeGreaterThan(0);
    await cluster.waitForVoters(2);
  });

  it('snapshot save, everything wiped, snapshot restore: all back', async () => {
    const file = join(cluster.folder, 'backup.snap');
    const savedMs = await timed(() => expectDone(first, ['snapshot', 'save', file]));
    expect((await first.cli(['snapshot', 'inspect', file])).code).toBe(0);
    for (const server of cluster.servers) {
      await server.kill();
      server.wipe();
    }
    for (const server of cluster.servers) server.spawn();
    await Promise.all(cluster.servers.map((server) => server.waitUntilReadable()));
    await first.http('PUT', '/v1/kv/gone-by-the-restore', 'yes');
    const restoredMs = await timed(() => expectDone(first, ['snapshot', 'restore', file]));
    reportFaults(
      `snapshot of ${KEYS} keys: save ${Math.round(savedMs)} ms, restore ${Math.round(restoredMs)} ms`,
    );
    const restored = await cluster.converged();
    expect({ keys: restored.keys, sha256: restored.sha256 }).toEqual({
      keys: full.keys,
      sha256: full.sha256,
    });
    // Indexes go on from where the older of both was.
    expect(Number(restored.index)).toBeGreaterThanOrEqual(Number(full.index));
    expect((await first.http('PUT', '/v1/kv/on', 'it goes')).text.trim()).toBe('true');
  });

  async function expectDone(server: ServerProcess, args: readonly string[]): Promise<void> {
    const { code, stderr } = await server.cli(args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  }
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

function snapshotsOf(server: ServerProcess): readonly string[] {
  try {
    return readdirSync(join(server.dataDir, 'raft', 'snapshots')).filter(
      (name) => !name.endsWith('.tmp'),
    );
  } catch {
    return [];
  }
}

/** Writes KEYS keys of 100 bytes in transactions, some of them at a time. */
async function fill(server: ServerProcess): Promise<void> {
  const client = new KeepAliveClient(server.target);
  const Value = Buffer.from('x'.repeat(100)).toString('base64');
  let next = 0;
  const writer = async () => {
    while (next < KEYS) {
      const from = next;
      next = Math.min(KEYS, next + BATCH);
      const operations = Array.from({ length: next - from }, (_, at) => ({
        KV: { Verb: 'set', Key: `large/${String(from + at).padStart(7, '0')}`, Value },
      }));
      const answer = await client.exchange('PUT', '/v1/txn', operations);
      if (answer.status !== 200) throw new Error(`txn: ${answer.status} ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  client.close();
}

/** Reads and writes one after the other until stopped; latencies in milliseconds. */
function probe(server: ServerProcess): { stop(): Promise<number[]> } {
  const client = new KeepAliveClient(server.target);
  const latenciesMs: number[] = [];
  let stopped = false;
  const loop = async () => {
    for (let at = 0; !stopped; at++) {
      const method = at % 2 === 0 ? 'PUT' : 'GET';
      const body = method === 'PUT' ? String(at) : undefined;
      latenciesMs.push(await timed(() => client.exchange(method, '/v1/kv/probe', body)));
    }
    client.close();
    return latenciesMs;
  };
  const running = loop();
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
}
