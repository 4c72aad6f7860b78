/** Durable servers under measurement, each in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds, sleep } from './measure.mjs';
import { freePort, launcher } from './processes.mjs';

/** Longest wait for a server to answer, milliseconds. */
const READY_MS = 60_000;

class BenchServer {
  constructor(folder, position, ports, config) {
    this.folder = join(folder, `s${position + 1}`);
    this.dataDir = join(this.folder, 'data');
    this.ports = ports;
    this.http = ports.http;
    this.base = `http://127.0.0.1:${ports.http}`;
    mkdirSync(this.folder, { recursive: true });
    this.file = join(this.folder, 'server.json');
    const server = { server: true, node_name: `s${position + 1}`, data_dir: this.dataDir };
    const network = { bind_addr: '127.0.0.1', client_addr: '127.0.0.1', ports };
    const quiet = { log_level: 'WARN', disable_update_check: true, retry_interval: '500ms' };
    const limits = { http_max_conns_per_client: 20_000 };
    writeFileSync(
      this.file,
      JSON.stringify({ ...server, ...network, ...quiet, limits, ...config }),
    );
  }

  start() {
    this.child = spawn(launcher, ['agent', `-config-file=${this.file}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  get pid() {
    return this.child.pid;
  }

  /** Waits until a read that needs a leader is answered. */
  async ready() {
    const endMs = performance.now() + READY_MS;
    while (performance.now() < endMs) {
      if (this.child.exitCode !== null) throw new Error(`server exited: ${this.child.exitCode}`);
      const answer = await fetch(`${this.base}/v1/catalog/nodes`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.ok) return;
      await sleep(5);
    }
    throw new Error('the server does not answer');
  }

  async kill() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  wipe() {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** Starts `count` servers that bootstrap together, at raft_multiplier 1 unless `config` says more. */
export async function startServers(count, config = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-bench-'));
  const ports = [];
  for (let at = 0; at < count; at++) {
    const [http, server, serfLan, serfWan] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    ports.push({ http, server, serf_lan: serfLan, serf_wan: serfWan, dns: -1, grpc: -1 });
  }
  const servers = ports.map((own, at) => {
    const others = ports.filter((one) => one !== own).map((one) => `127.0.0.1:${one.serf_lan}`);
    const cluster = { bootstrap_expect: count, retry_join: others };
    const performanceKeys = { raft_multiplier: 1 };
    return new BenchServer(folder, at, own, {
      ...cluster,
      performance: performanceKeys,
      ...config,
    });
  });
  for (const server of servers) server.start();
  await Promise.all(servers.map((server) => server.ready()));
  return {
    folder,
    servers,
    leader: () => leaderOf(servers),
    cpuSeconds: () => servers.reduce((sum, server) => sum + cpuSeconds(server.pid), 0),
    stop: async () => {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server that the running ones agree on as leader. */
async function leaderOf(servers) {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const running = servers.filter(({ child }) => child.exitCode === null && !child.signalCode);
    const named = await Promise.all(
      running.map((server) =>
        fetch(`${server.base}/v1/status/leader`).then(
          (answer) => answer.json(),
          () => '',
        ),
      ),
    );
    const leader = running.find(({ ports }) => named[0] === `127.0.0.1:${ports.server}`);
    if (leader && named.every((name) => name === named[0])) return leader;
    await sleep(50);
  }
  throw new Error('no leader');
}
