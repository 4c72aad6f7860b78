/** 100,000 keys: writing them, stalls during snapshots, restart, a new follower, save and restore. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { capture, residentBytes, sleep } from '../measure.mjs';
import { launcher, put } from '../processes.mjs';
import { startServers } from '../servers.mjs';

/** Most operations of one transaction. */
const BATCH = 64;
const VALUE = Buffer.from('x'.repeat(100)).toString('base64');

export async function largeState({ keys = 100_000 }) {
  const config = { raft_snapshot_threshold: 500, raft_snapshot_interval: '500ms' };
  const cluster = await startServers(1, { ...config, performance: { raft_multiplier: 1 } });
  try {
    const [server] = cluster.servers;
    const name = (what) => `${keys.toLocaleString('en')} keys: ${what}`;
    const rows = [];
    const row = (what, unit, ours, limit) => rows.push({ name: name(what), unit, ours, limit });
    row('written by transactions of 64, 8 clients', 'ms', await timed(() => fill(server, keys)));
    row('longest request during snapshots', 'ms', await longestDuringSnapshots(server), 50);
    row('resident memory', 'MiB', residentBytes(server.pid) / 1024 / 1024, 227);
    row('exec to readable after kill -9', 'ms', await restartMs(server), 1960);
    const before = await digest(server);
    const file = join(cluster.folder, 'backup.snap');
    row('snapshot save', 'ms', await timed(() => consul(server, 'snapshot', 'save', file)), 520);
    await server.kill();
    server.wipe();
    server.start();
    await server.ready();
    const restoreMs = await timed(() => consul(server, 'snapshot', 'restore', file));
    row('snapshot restore into an empty server', 'ms', restoreMs, 770);
    if ((await digest(server)) !== before) throw new Error('the restored state differs');
    return rows;
  } finally {
    await cluster.stop();
  }
}

async function restartMs(server) {
  await server.kill();
  return timed(async () => {
    server.start();
    await server.ready();
  });
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function consul(server, ...args) {
  const env = { ...process.env, CONSUL_HTTP_ADDR: `127.0.0.1:${server.http}` };
  return capture(launcher, args, { env });
}

async function digest(server) {
  const answer = await fetch(`${server.base}/v1/kv/?recurse`);
  return createHash('sha256')
    .update(Buffer.from(await answer.arrayBuffer()))
    .digest('hex');
}

async function fill(server, keys) {
  let next = 0;
  const writer = async () => {
    while (next < keys) {
      const from = next;
      next = Math.min(keys, next + BATCH);
      const operations = Array.from({ length: next - from }, (_, at) => ({
        KV: { Verb: 'set', Key: `large/${String(from + at).padStart(7, '0')}`, Value: VALUE },
      }));
      await put(server.base, '/v1/txn', operations);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

/** The longest of requests one after the other while a light load makes the server take two snapshots. */
async function longestDuringSnapshots(server) {
  const agent = new Agent({ keepAlive: true });
  const folder = join(server.dataDir, 'raft', 'snapshots');
  const finished = () => readdirSync(folder).filter((name) => !name.endsWith('.tmp'));
  const before = new Set(finished());
  let done = false;
  const writers = Array.from({ length: 3 }, async (_, writer) => {
    for (let at = 0; !done; at++) {
      await exchange(agent, server, 'PUT', `/v1/kv/load/${writer}`, String(at));
      await sleep(2);
    }
  });
  let longestMs = 0;
  for (let at = 0; finished().filter((name) => !before.has(name)).length < 2; at++) {
    if (at > 100_000) throw new Error('no snapshot is taken');
    const startedAt = performance.now();
    await (at % 2 === 0
      ? exchange(agent, server, 'PUT', '/v1/kv/probe', String(at))
      : exchange(agent, server, 'GET', '/v1/kv/probe'));
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    await sleep(1);
  }
  done = true;
  await Promise.all(writers);
  agent.destroy();
  return longestMs;
}

/** Lighter than fetch, whose own work would count as a stall. */
function exchange(agent, { http: port }, method, path, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent }, (incoming) => {
      incoming.on('end', resolve);
      incoming.resume();
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
