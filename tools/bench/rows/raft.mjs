/** Durable servers: writes against bare SQLite transactions, reads through followers, failover. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, capture, median, wrk } from '../measure.mjs';
import { put } from '../processes.mjs';
import { startServers } from '../servers.mjs';
import { sqliteScript } from '../sqlite-yardstick.mjs';

/** PUTs of 100 bytes to a thousand keys in turn. */
const PUT_SCRIPT = `local n = 0
wrk.method = "PUT"
wrk.body = string.rep("x", 100)
request = function()
  n = n + 1
  return wrk.format(nil, "/v1/kv/bench/put-" .. (n % 1000))
end
`;

/** Rows of 100 bytes a second that bare SQLite commits durably in transactions of `batch`, on this disk. */
async function sqliteRows(folder, batch, seconds) {
  const args = [sqliteScript, folder, String(batch), String(seconds)];
  return Number(await capture(process.execPath, args));
}

/** Durable puts at one and at three servers, by writers at a time, and what a put costs in CPU. */
export async function durablePuts({ rounds, folder, putSeconds: seconds = 4 }) {
  const script = join(folder, 'durable-put.lua');
  writeFileSync(script, PUT_SCRIPT);
  const rows = [];
  for (const count of [1, 3]) {
    const cluster = await startServers(count);
    try {
      const leader = await cluster.leader();
      await wrk(leader.base, { script, connections: 16, seconds: 2 });
      for (const writers of [1, 16, 64]) {
        rows.push(...(await durablePutRows({ cluster, leader, count, writers, script })));
      }
    } finally {
      await cluster.stop();
    }
  }
  return rows;

  async function durablePutRows({ cluster, leader, count, writers, script }) {
    const cpuMicros = [];
    const result = await alternate(
      rounds,
      async () => {
        const before = cluster.cpuSeconds();
        const rate = await wrk(leader.base, { script, connections: writers, seconds });
        cpuMicros.push(((cluster.cpuSeconds() - before) / (rate * seconds)) * 1e6);
        return rate;
      },
      () => sqliteRows(cluster.folder, writers, seconds),
    );
    const name = `durable put, ${count === 1 ? 'one server' : `${count} servers`}, ${writers} writers`;
    const yardstick = `bare SQLite, transactions of ${writers}`;
    return [
      { name, unit: 'req/s', yardstick, ...result },
      { name: `${name}: CPU of all servers`, unit: 'us/write', ours: median(cpuMicros) },
    ];
  }
}

/** KV get through a follower against the same from the leader. */
export async function followerReads({ rounds }) {
  const cluster = await startServers(3);
  try {
    const leader = await cluster.leader();
    const follower = cluster.servers.find((server) => server !== leader);
    await put(leader.base, '/v1/kv/bench/key', 'x'.repeat(100));
    const rows = [];
    for (const mode of ['', '?stale', '?consistent']) {
      const path = `/v1/kv/bench/key${mode}`;
      await wrk(follower.base + path, { seconds: 1 });
      await wrk(leader.base + path, { seconds: 1 });
      const result = await alternate(
        rounds,
        () => wrk(follower.base + path),
        () => wrk(leader.base + path),
      );
      const name = `KV get from a follower, ${mode === '' ? 'default' : mode.slice(1)}`;
      rows.push({ name, unit: 'req/s', yardstick: 'the leader', ...result });
    }
    return rows;
  } finally {
    await cluster.stop();
  }
}

/** Time without acknowledged writes after kill -9 of the leader, at both ends of usual timings. */
export async function failover({ rounds }) {
  const rows = [];
  // At most half of what the original takes, 3.1 s at multiplier 1.
  for (const [multiplier, limit] of [
    [1, 1550],
    [5, 7750],
  ]) {
    const cluster = await startServers(3, { performance: { raft_multiplier: multiplier } });
    try {
      const timesMs = [];
      for (let round = 0; round < rounds; round++) timesMs.push(await failoverMs(cluster));
      const name = `failover after kill -9 of the leader, raft_multiplier ${multiplier}`;
      rows.push({ name, unit: 'ms', ours: median(timesMs), limit });
      rows.push({ name: `${name}: worst`, unit: 'ms', ours: Math.max(...timesMs) });
    } finally {
      await cluster.stop();
    }
  }
  return rows;
}

/** One kill: from the kill to the first write that a surviving server acknowledges; then it comes back. */
async function failoverMs({ leader, servers }) {
  const killed = await leader();
  await put(killed.base, '/v1/kv/bench/failover', 'before');
  const rest = servers.filter((server) => server !== killed);
  const startedAt = performance.now();
  await killed.kill();
  await Promise.any(rest.map((server) => firstWrite(server)));
  const tookMs = performance.now() - startedAt;
  killed.start();
  await killed.ready();
  return tookMs;
}

async function firstWrite({ base }) {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`${base}/v1/kv/bench/failover`, { method: 'PUT', body: 'after' });
    if (answer.ok) return;
  }
  throw new Error('no write was taken');
}
