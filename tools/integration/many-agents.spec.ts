/**
 * Three servers and many clients as real processes on one machine: how long joining and noticing a death take,
 * and what an idle client costs. MESH_FAULTS_CLIENTS sets how many clients (tools/faults).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  faultSetting,
  freePorts,
  reportFaults,
  ServerCluster,
  ServerProcess,
  until,
} from '@mesh/testkit';

const CLIENTS = faultSetting('CLIENTS', 17);
/** Over which the idle cost is measured, milliseconds. */
const IDLE_MS = faultSetting('IDLE_SECONDS', 10) * 1000;
/** Ticks of /proc/PID/stat, per second on Linux. */
const TICKS_PER_SECOND = 100;
/** What an idle client may hold. */
const MAX_RESIDENT_BYTES = 80_000_000;
/** V8 gives back what starting and joining took once an agent has been quiet for a while, milliseconds. */
const SETTLE_MS = 90_000;

interface ApiMember {
  readonly Name: string;
  readonly Status: number;
}

describe('many agents', () => {
  let cluster: ServerCluster;
  const clients: ServerProcess[] = [];
  const agents = () => [...cluster.servers, ...clients];

  beforeAll(async () => {
    cluster = await ServerCluster.start();
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await cluster?.stop();
  });

  it('all see all, and the catalog has them', async () => {
    const retryJoin = cluster.servers.map(({ ports }) => `127.0.0.1:${ports.serfLan}`);
    for (let at = 0; at < CLIENTS; at++) clients.push(await build(at, retryJoin));
    const startedMs = performance.now();
    for (const client of clients) client.spawn();
    await Promise.all(clients.map((client) => client.waitUntilServing()));
    const servingMs = performance.now();
    await until('everybody to see everybody', () => allSee(agents(), agents().length), 60_000);
    const joinedMs = performance.now();
    await until('the catalog to be whole', async () => {
      const { text } = await cluster.servers[0]!.http('GET', '/v1/catalog/nodes');
      return (JSON.parse(text) as unknown[]).length === agents().length;
    });
    await Promise.all(
      clients.map((client) => until('its sync', () => client.log().includes('Synced node info'))),
    );
    reportFaults(
      `${CLIENTS} clients to 3 servers: all serve ${seconds(servingMs - startedMs)} after the start, ` +
        `all see all ${seconds(Math.max(0, joinedMs - servingMs))} later`,
    );
  }, 120_000);

  it('a death is noticed by all; the dead one comes back as the same', async () => {
    const [dead, ...others] = clients as [ServerProcess, ...ServerProcess[]];
    await dead.kill();
    const killedMs = performance.now();
    const rest = [...cluster.servers, ...others];
    const seenMs = new Map<ServerProcess, number>();
    await until(
      'all to see it failed',
      async () => {
        const waiting = rest.filter((agent) => !seenMs.has(agent));
        const states = await Promise.all(waiting.map((agent) => statusOf(agent, dead.name)));
        waiting.forEach((agent, at) => {
          if (states[at] === 4) seenMs.set(agent, performance.now() - killedMs);
        });
        return seenMs.size === rest.length;
      },
      90_000,
    );
    const times = [...seenMs.values()].sort((a, b) => a - b);
    reportFaults(
      `kill -9 of a client: first sees it after ${seconds(times[0]!)}, ` +
        `all ${rest.length} after ${seconds(times.at(-1)!)}`,
    );
    dead.spawn();
    await until('all to see it again', () => allSee(agents(), agents().length), 60_000);
  }, 200_000);

  it('an idle client costs little', async () => {
    const before = clients.map((client) => cpuSeconds(client.pid));
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const shares = clients.map(
      (client, at) => ((cpuSeconds(client.pid) - before[at]!) / (IDLE_MS / 1000)) * 100,
    );
    const sizes = await settledSizes(clients);
    reportFaults(
      `idle client: median ${median(shares).toFixed(2)} % of a core, most ` +
        `${Math.max(...shares).toFixed(2)} %; median ${megabytes(median(sizes))} MB, most ` +
        `${megabytes(Math.max(...sizes))} MB`,
    );
    expect(median(sizes)).toBeLessThanOrEqual(MAX_RESIDENT_BYTES);
    expect(median(shares)).toBeLessThanOrEqual(1);
  }, 150_000);

  it('nobody who lives was ever held for dead', () => {
    for (const { log, name } of agents().map((agent) => ({ name: agent.name, log: agent.log() }))) {
      const failed = [...log.matchAll(/EventMemberFailed: (\S+)/g)].map(([, who]) => who);
      expect({ name, failed: failed.filter((who) => who !== clients[0]!.name) }).toEqual({
        name,
        failed: [],
      });
    }
  });

  async function build(at: number, retryJoin: readonly string[]): Promise<ServerProcess> {
    const [http, server, serfLan, serfWan] = (await freePorts(4)) as Ports;
    const name = `c${at + 1}`;
    return new ServerProcess({
      name,
      folder: join(cluster.folder, name),
      ports: { http, server, serfLan, serfWan },
      config: { server: false, log_level: 'INFO', retry_join: retryJoin },
    });
  }

  async function membersOf(agent: ServerProcess): Promise<readonly ApiMember[]> {
    return (await agent.http('GET', '/v1/agent/members')).json<ApiMember[]>();
  }

  async function statusOf(agent: ServerProcess, name: string): Promise<number | undefined> {
    return (await membersOf(agent)).find(({ Name }) => Name === name)?.Status;
  }

  async function allSee(all: readonly ServerProcess[], count: number): Promise<boolean> {
    for (const agent of all) {
      const alive = (await membersOf(agent)).filter(({ Status }) => Status === 1);
      if (alive.length !== count) return false;
    }
    return true;
  }
});

type Ports = [number, number, number, number];

/** Resident sizes, bytes: once their median is what an idle client may hold, or after SETTLE_MS. */
async function settledSizes(agents: readonly ServerProcess[]): Promise<number[]> {
  const endMs = performance.now() + SETTLE_MS;
  for (;;) {
    const sizes = agents.map(({ pid }) => residentBytes(pid));
    if (median(sizes) <= MAX_RESIDENT_BYTES || performance.now() > endMs) return sizes;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** User and system time of a process; fields 14 and 15 of stat, counted behind the name. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)![1]) * 1024;
}
