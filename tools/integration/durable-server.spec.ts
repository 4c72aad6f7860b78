/** One durable server as a process: what is on disk comes back, and how it starts, refuses and ends. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, freePorts, ServerCluster, ServerProcess, until } from '@mesh/testkit';

/** So much of a process's output is its banner. */
const BANNER = `==> Starting Consul agent...
           Version: '1.8.6'
           Node ID: 'NODE-ID'
         Node name: 'one'
        Datacenter: 'dc1' (Segment: '<all>')
            Server: true (Bootstrap: true)
       Client Addr: [127.0.0.1] (HTTP: HTTP-PORT, HTTPS: -1, gRPC: -1, DNS: -1)
      Cluster Addr: 127.0.0.1 (LAN: LAN-PORT, WAN: WAN-PORT)
           Encrypt: Gossip: false, TLS-Outgoing: false, TLS-Incoming: false, Auto-Encrypt-TLS: false

==> Log data will now stream in as it occurs:
`;

const CHECKS = '/v1/agent/checks';

let parent: string;
const processes: ServerProcess[] = [];
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'mesh-durable-'));
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((server) => server.dispose()));
});
afterAll(() => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }));

async function newServer(
  folder: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<ServerProcess> {
  const [http, server, serfLan, serfWan] = (await freePorts(4)) as [number, number, number, number];
  const process = new ServerProcess({
    name: 'one',
    folder: join(parent, folder),
    ports: { http, server, serfLan, serfWan },
    config: { bootstrap: true, performance: { raft_multiplier: 1 }, ...config },
  });
  processes.push(process);
  return process;
}

async function started(
  folder: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<ServerProcess> {
  const server = await newServer(folder, config);
  server.spawn();
  await server.waitUntilReadable();
  return server;
}

/** Ends of a start that cannot be: the exit code and the one line on stderr. */
async function refused(server: ServerProcess): Promise<string> {
  server.spawn();
  expect(await server.waitForExit()).toBe(1);
  const lines = server.log().split('\n');
  const said = lines.filter((line) => line.startsWith('==> ') && !/Starting|Log data/.test(line));
  expect(said).toHaveLength(1);
  return said[0]!.slice('==> '.length);
}

async function json<T>(server: ServerProcess, path: string): Promise<T> {
  return (await server.http('GET', path)).json<T>();
}

async function done(
  server: ServerProcess,
  path: string,
  body: string | object = '',
): Promise<void> {
  const answer = await server.http('PUT', path, body);
  expect({ path, status: answer.status, text: answer.text }).toMatchObject({ path, status: 200 });
}

describe('what is on disk', () => {
  let server: ServerProcess;
  let nodeId: string;

  it('is laid out as it should be, closed to others', async () => {
    server = await started('life');
    nodeId = (await json<{ Config: { NodeID: string } }>(server, '/v1/agent/self')).Config.NodeID;
    const { ports } = server;
    const banner = BANNER.replace('NODE-ID', nodeId)
      .replace('HTTP-PORT', String(ports.http))
      .replace('LAN-PORT', String(ports.serfLan))
      .replace('WAN-PORT', String(ports.serfWan));
    expect(server.log()).toContain(banner);
    expect(server.log()).toContain('agent: bootstrap = true: do not enable unless necessary\n');
    expect(server.log()).toContain('==> Consul agent running!\n');
    await register(server);
    const id = 'c6f057b86584942e415435ffb1fa93d4'; // md5 of 000
    const modes = {
      '.': 0o700,
      'node-id': 0o600,
      format: 0o600,
      raft: 0o700,
      'raft/raft.db': 0o600,
      'raft/peers.info': 0o600,
      'raft/snapshots': 0o700,
      services: 0o700,
      [`services/${id}`]: 0o600,
      checks: 0o700,
      [`checks/${id}`]: 0o600,
      'checks/state': 0o700,
      [`checks/state/${id}`]: 0o600,
    };
    for (const [path, mode] of Object.entries(modes)) {
      const found = statSync(join(server.dataDir, path)).mode & 0o777;
      expect([path, found.toString(8)]).toEqual([path, mode.toString(8)]);
    }
    await expectAllThere(server, 'passing');
    await server.kill();
  });

  it('is there after kill -9', async () => {
    server = await started('life');
    // What a registration said of a first status is lost; what was reported is not.
    await expectAllThere(server, 'critical');
    await server.kill();
    server.spawn();
    await server.waitUntilReadable();
    await expectAllThere(server, 'critical');
    await done(server, '/v1/kv/a', 'second');
    await done(server, '/v1/agent/check/deregister/inline');
    await done(server, '/v1/agent/maintenance?enable=false');
  });

  it('and so is what was taken away since', async () => {
    server = await started('life');
    expect((await server.http('GET', '/v1/kv/a?raw')).text).toBe('second');
    const checks = await json<Record<string, unknown>>(server, CHECKS);
    expect(Object.keys(checks).sort()).toEqual([
      '000',
      '_service_maintenance:000',
      'given',
      'reported',
    ]);
    await done(server, '/v1/agent/service/deregister/000');
    expect(await server.terminate()).toBe(1);
    server.spawn();
    await server.waitUntilReadable();
    expect(await json(server, '/v1/agent/services')).toEqual({});
    expect(existsSync(join(server.dataDir, 'services'))).toBe(true);
  });

  async function register(to: ServerProcess): Promise<void> {
    await done(to, '/v1/kv/a', 'first');
    await done(to, '/v1/agent/service/register', {
      ...{ ID: '000', Name: 'web', Port: 80, Tags: ['v1'] },
      Checks: [
        { CheckID: 'inline', TTL: '1h' },
        { CheckID: 'reported', TTL: '1h' },
      ],
    });
    await done(to, '/v1/agent/check/register', { CheckID: '000', Name: 'ttl', TTL: '1h' });
    await done(to, '/v1/agent/check/register', {
      ...{ CheckID: 'given', Name: 'given', TTL: '1h', Status: 'passing' },
    });
    await done(to, '/v1/agent/check/warn/000?note=so-so');
    await done(to, '/v1/agent/check/pass/reported');
    await done(to, '/v1/agent/maintenance?enable=true&reason=node');
    await done(to, '/v1/agent/service/maintenance/000?enable=true&reason=service');
  }

  async function expectAllThere(at: ServerProcess, given: string): Promise<void> {
    expect((await at.http('GET', '/v1/kv/a?raw')).text).toBe('first');
    expect((await json<{ Config: object }>(at, '/v1/agent/self')).Config).toMatchObject({
      NodeID: nodeId,
    });
    const services = await json<Record<string, { Port: number; Tags: string[] }>>(
      at,
      '/v1/agent/services',
    );
    expect(services).toMatchObject({ '000': { Service: 'web', Port: 80, Tags: ['v1'] } });
    const checks = await json<Record<string, { Status: string; Output: string; Notes: string }>>(
      at,
      CHECKS,
    );
    expect(checks).toMatchObject({
      given: { Status: given },
      '000': { Status: 'warning', Output: 'so-so' },
      inline: { Status: 'critical', ServiceID: '000' },
      reported: { Status: 'passing', ServiceID: '000' },
      _node_maintenance: { Status: 'critical', Notes: 'node' },
      '_service_maintenance:000': { Status: 'critical', Notes: 'service' },
    });
    await until('the catalog to know', async () => {
      const known = await json<{ CheckID: string }[]>(at, '/v1/health/node/one');
      return known.some(({ CheckID }) => CheckID === '_service_maintenance:000');
    });
  }
});

it('peers.json: a server whose companions are lost for good leads alone, with all data', async () => {
  const cluster = await ServerCluster.start();
  try {
    const [survivor] = cluster.servers as [ServerProcess, ...ServerProcess[]];
    for (let at = 0; at < 50; at++) await done(survivor, `/v1/kv/own/${at}`, String(at));
    const { sha256, keys } = await cluster.converged();
    const { ID } = (await cluster.peers()).find(({ Node }) => Node === survivor.name)!;
    for (const server of cluster.servers) await server.kill();
    const rows = [{ id: ID, address: survivor.raftAddress, non_voter: false }];
    survivor.writeData('raft/peers.json', JSON.stringify(rows));
    survivor.spawn();
    await survivor.waitUntilReadable();
    expect(await digestOf(survivor)).toMatchObject({ sha256, keys });
    expect(keys).toBe(50);
    expect(await cluster.peers()).toMatchObject([{ ID, Leader: true, Voter: true }]);
    await done(survivor, '/v1/kv/alone', 'yes');
    expect(existsSync(join(survivor.dataDir, 'raft/peers.json'))).toBe(false);
    // It was for once: the next start is like any other.
    await survivor.kill();
    survivor.spawn();
    await survivor.waitUntilReadable();
    expect((await survivor.http('GET', '/v1/kv/alone?raw')).text).toBe('yes');
  } finally {
    await cluster.stop();
  }
});

describe('a start that cannot be ends with exit code 1 and one line', () => {
  it('data_dir in use', async () => {
    const first = await started('shared');
    const second = await newServer('shared');
    expect(await refused(second)).toMatch(
      /^another server runs on this data folder: .*shared\/data\/lock is locked/,
    );
    expect(second.log()).not.toContain('Consul agent running');
    first.assertRunning();
    await done(first, '/v1/kv/still', 'here');
  });

  it.each([
    ['RPC', 'server'],
    ['gossip', 'serfLan'],
    ['gossip', 'serfWan'],
  ] as const)('the port for %s is taken: %s', async (what, port) => {
    const server = await newServer(`port-${port}`);
    const taken = await listen(server.ports[port]);
    try {
      expect(await refused(server)).toBe(
        `cannot listen for ${what} on 127.0.0.1:${server.ports[port]}: address already in use`,
      );
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it('a data_dir that is a file', async () => {
    const server = await newServer('file');
    mkdirSync(server.folder);
    writeFileSync(server.dataDir, '');
    expect(await refused(server)).toMatch(/^failed to setup node ID: open .*: not a directory$/);
  });

  it('a data_dir of a newer format', async () => {
    const server = await newServer('newer');
    mkdirSync(server.dataDir, { recursive: true });
    server.writeData('format', '2\n');
    expect(await refused(server)).toMatch(/^data_dir: .*format says format "2", this version kn/);
  });

  it('an address that is not on this machine', async () => {
    const server = await newServer('address', { bind_addr: '192.0.2.1' });
    expect(await refused(server)).toMatch(/^cannot listen for RPC on 192\.0\.2\.1:\d+: .*EADDRNO/);
  });

  it('no port to be reached at', async () => {
    const server = await newServer('no-port', { ports: { server: -1 } });
    expect(await refused(server)).toMatch(/ports\.server must be a port from 1 to 65535, got -1$/);
  });

  it('-join that reaches nobody', async () => {
    const [port] = await freePorts(1);
    const server = await newServer('join', { start_join: [`127.0.0.1:${port}`] });
    expect(await refused(server)).toMatch(/ Failed to join 127\.0\.0\.1: /);
  });

  it('-retry-join that has been tried often enough', async () => {
    const [port] = await freePorts(1);
    const server = await newServer('retry', {
      ...{ retry_join: [`127.0.0.1:${port}`], retry_max: 1, retry_interval: '1s' },
    });
    server.spawn();
    expect(await server.waitForExit()).toBe(1);
    expect(server.log()).toContain('agent: max join retry exhausted, exiting');
  });
});

describe('warnings about how many servers are expected', () => {
  it.each([
    [2, ['bootstrap_expect = 2: A cluster with 2 servers', 'expecting 2 servers']],
    [4, ['bootstrap_expect is even number', 'expecting 4 servers']],
  ])('%d', async (expected, warnings) => {
    const server = await newServer(`expect-${expected}`, {
      ...{ bootstrap: false, bootstrap_expect: expected },
    });
    server.spawn();
    await server.waitUntilServing();
    for (const warning of warnings) expect(server.log()).toContain(warning);
    expect((await server.http('GET', '/v1/status/leader')).text.trim()).toBe('""');
  });
});

describe('how a server ends', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s: at once, without a leave', async (signal) => {
    const server = await started(`end-${signal}`);
    server.signal(signal);
    expect(await server.waitForExit()).toBe(1);
    expect(server.log()).toContain('Graceful shutdown disabled. Exiting');
  });

  it.each([
    ['leave_on_terminate', { leave_on_terminate: true }, 'SIGTERM'],
    ['skip_leave_on_interrupt', { skip_leave_on_interrupt: false }, 'SIGINT'],
  ] as const)('%s: leaves first', async (_key, config, signal) => {
    const server = await started(`leave-${signal}`, config);
    server.signal(signal);
    expect(await server.waitForExit()).toBe(0);
    expect(server.log()).toContain('Gracefully shutting down agent...');
  });

  it('consul leave is answered after the leave; the data are there at the next start', async () => {
    const server = await started('leave');
    await done(server, '/v1/kv/a', 'first');
    expect(await server.cli(['leave'])).toEqual({
      code: 0,
      stdout: 'Graceful leave complete\n',
      stderr: '',
    });
    expect(await server.waitForExit()).toBe(0);
    server.spawn();
    await server.waitUntilReadable();
    expect((await server.http('GET', '/v1/kv/a?raw')).text).toBe('first');
  });
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
