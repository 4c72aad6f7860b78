/** Two datacenters that know each other over the wide-area pool, each with a server; one has a client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, requireTool, run, ServerProcess, until } from '@mesh/testkit';

interface Placed {
  readonly agent: ServerProcess;
  readonly dnsPort: number;
}

describe('two datacenters', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-dcs-'));
  let first: Placed;
  let second: Placed;
  let client: Placed;
  const all = () => [first, second, client].filter(Boolean).map(({ agent }) => agent);

  beforeAll(async () => {
    const server = { bootstrap_expect: 1, performance: { raft_multiplier: 1 } };
    first = await place('one', { ...server, datacenter: 'dc1' });
    second = await place('two', { ...server, datacenter: 'dc2' });
    const retry = [`127.0.0.1:${first.agent.ports.serfLan}`];
    client = await place('edge', { server: false, datacenter: 'dc1', retry_join: retry });
    for (const agent of all()) agent.spawn();
    await Promise.all(all().map((agent) => agent.waitUntilReadable()));
  });
  afterAll(async () => {
    await Promise.all(all().map((agent) => agent.dispose()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('do not know each other before they join', async () => {
    expect(await text(first, '/v1/kv/a?dc=dc2')).toEqual([500, 'No path to datacenter']);
    expect(await text(client, '/v1/kv/a?dc=dc2')).toEqual([500, 'No path to datacenter']);
  });

  it('join over the wide-area pool', async () => {
    const joined = await first.agent.cli(['join', '-wan', lanOf(second, 'wan')]);
    expect(joined).toEqual({
      code: 0,
      stdout: 'Successfully joined cluster by contacting 1 nodes.\n',
      stderr: '',
    });
    for (const { agent } of [first, second]) {
      await until('both servers in the pool', async () => {
        const { stdout } = await agent.cli(['members', '-wan']);
        return /^one\.dc1 .*alive/m.test(stdout) && /^two\.dc2 .*alive/m.test(stdout);
      });
    }
    await until('the datacenters', async () => {
      const { stdout } = await client.agent.cli(['catalog', 'datacenters']);
      return stdout === 'dc1\ndc2\n';
    });
    const far = await second.agent.cli(['catalog', 'datacenters']);
    expect(far.stdout.split('\n').filter(Boolean).sort()).toEqual(['dc1', 'dc2']);
  });

  it('reads and writes of the other one, from a server and from a client', async () => {
    expect(await put(first, '/v1/kv/from/dc1?dc=dc2', 'hello')).toEqual([200, 'true']);
    expect(await text(second, '/v1/kv/from/dc1?raw')).toEqual([200, 'hello']);
    expect(await text(first, '/v1/kv/from/dc1')).toEqual([404, '']);
    expect(await text(client, '/v1/kv/from/dc1?raw&dc=dc2')).toEqual([200, 'hello']);
    expect(await put(client, '/v1/kv/from/edge?dc=dc2', 'hi')).toEqual([200, 'true']);
    const cli = await client.agent.cli(['kv', 'get', '-datacenter=dc2', 'from/edge']);
    expect(cli.stdout).toBe('hi\n');
    const nodes = await first.agent.cli(['catalog', 'nodes', '-datacenter=dc2']);
    expect(nodes.stdout).toMatch(/^two /m);
    expect(nodes.stdout).not.toMatch(/^one /m);
  });

  it('a blocking query waits in the other one', async () => {
    const { headers } = await first.agent.http('GET', '/v1/kv/from/dc1?dc=dc2');
    const path = `/v1/kv/from/dc1?dc=dc2&raw&wait=60s&index=${headers['x-consul-index']}`;
    const waiting = first.agent.http('GET', path);
    expect(await put(second, '/v1/kv/from/dc1', 'changed')).toEqual([200, 'true']);
    expect((await waiting).text).toBe('changed');
  });

  it('DNS answers for the other one', async () => {
    if (!requireTool('dig')) return;
    for (const { dnsPort } of [first, client]) {
      const words = ['@127.0.0.1', '-p', String(dnsPort), '+short'];
      await until('its address', async () => {
        const { stdout } = await run('dig', [...words, 'two.node.dc2.consul']);
        return stdout === '127.0.0.1\n';
      });
      const own = await run('dig', [...words, 'one.node.dc1.consul']);
      expect(own.stdout).toBe('127.0.0.1\n');
      const service = await run('dig', [...words, 'consul.service.dc2.consul']);
      expect(service.stdout).toBe('127.0.0.1\n');
    }
  });

  it('an unreachable one is said to be so', async () => {
    await second.agent.kill();
    const [status, body] = await text(first, '/v1/kv/from/dc1?dc=dc2');
    expect(status).toBe(500);
    expect(body).toMatch(/dc2|No path to datacenter/);
    const fromClient = await client.agent.cli(['kv', 'get', '-datacenter=dc2', 'from/edge']);
    expect(fromClient.code).toBe(1);
    expect(fromClient.stderr).toMatch(/dc2|No path to datacenter/);
    // The own datacenter goes on as if nothing were.
    expect(await put(client, '/v1/kv/home', 'yes')).toEqual([200, 'true']);

    second.agent.spawn();
    await until('it to be reached again, by itself', async () => {
      const [again, value] = await text(first, '/v1/kv/from/edge?raw&dc=dc2');
      return again === 200 && value === 'hi';
    });
  });

  async function place(name: string, config: Readonly<Record<string, unknown>>): Promise<Placed> {
    const [http, server, serfLan, serfWan, dns] = (await freePorts(5)) as Ports;
    const ports = { http, server, serf_lan: serfLan, serf_wan: serfWan, dns, grpc: -1 };
    const agent = new ServerProcess({
      name,
      folder: join(folder, name),
      ports: { http, server, serfLan, serfWan },
      config: { log_level: 'INFO', ports, ...config },
    });
    return { agent, dnsPort: dns };
  }

  function lanOf({ agent }: Placed, pool: 'lan' | 'wan'): string {
    return `127.0.0.1:${pool === 'lan' ? agent.ports.serfLan : agent.ports.serfWan}`;
  }

  async function text({ agent }: Placed, path: string): Promise<[number, string]> {
    const answer = await agent.http('GET', path);
    return [answer.status, answer.text];
  }

  async function put({ agent }: Placed, path: string, body: string): Promise<[number, string]> {
    const answer = await agent.http('PUT', path, body);
    return [answer.status, answer.text.trim()];
  }
});

type Ports = [number, number, number, number, number];
