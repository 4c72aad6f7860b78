/** One mesh over two datacenters: the second follows the first, which is its primary. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, ServerProcess, SidecarProcess, until } from '@mesh/testkit';

interface Roots {
  readonly TrustDomain: string;
  readonly ActiveRootID: string;
  readonly Roots: readonly unknown[];
}

describe('a mesh over two datacenters', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-wan-'));
  const sidecars: SidecarProcess[] = [];
  let first: ServerProcess;
  let second: ServerProcess;
  let echo: Server;
  let upstreamPort: number;

  beforeAll(async () => {
    echo = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const { port } = echo.address() as { port: number };
    const ports = (await freePorts(3)) as [number, number, number];
    upstreamPort = ports[0];
    const upstreams = [
      { destination_name: 'far', datacenter: 'dc2', local_bind_port: upstreamPort },
    ];
    const web = { sidecar_service: { port: ports[1], proxy: { upstreams } } };
    first = await place('one', 'dc1', [{ name: 'web', connect: web }]);
    const far = { sidecar_service: { port: ports[2] } };
    second = await place('two', 'dc2', [{ name: 'far', port, connect: far }]);
    for (const server of [first, second]) server.spawn();
    await Promise.all([first, second].map((server) => server.waitUntilReadable()));
  }, 60_000);
  afterAll(async () => {
    for (const sidecar of sidecars) await sidecar.dispose();
    echo?.close();
    await Promise.all([first, second].map((server) => server?.dispose()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function place(name: string, datacenter: string, services: readonly object[]) {
    const [http, server, serfLan, serfWan] = (await freePorts(4)) as [
      ...[number, number, number, number],
    ];
    return new ServerProcess({
      ...{ name, folder: join(folder, name), ports: { http, server, serfLan, serfWan } },
      config: {
        ...{ bootstrap: true, datacenter, primary_datacenter: 'dc1', services },
        ...{ performance: { raft_multiplier: 1 }, connect: { enabled: true } },
      },
    });
  }

  async function get<T>(server: ServerProcess, path: string): Promise<T> {
    const { status, text } = await server.http('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  const roots = (server: ServerProcess) => get<Roots>(server, '/v1/connect/ca/roots');

  function said(text: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(upstreamPort, '127.0.0.1');
      let back = '';
      socket.on('data', (chunk) => {
        back += chunk;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(back));
      socket.end(text);
    });
  }

  it('without its primary a datacenter has no authority, and says so', async () => {
    const { status, text } = await second.http('GET', '/v1/connect/ca/roots');
    expect([status, text.includes('CA not bootstrapped yet')]).toEqual([503, true]);
    const refused = await second.cli(['intention', 'create', 'web', 'far']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('No path to datacenter'),
    ]);
  });

  it('joined, it trusts the roots of the primary, which has certified its own key', async () => {
    const joined = await second.cli(['join', '-wan', `127.0.0.1:${first.ports.serfWan}`]);
    expect(joined.code).toBe(0);
    const there = await roots(first);
    await until(
      'the roots',
      async () => {
        return (await roots(second)).ActiveRootID === there.ActiveRootID;
      },
      90_000,
    );
    expect((await roots(second)).TrustDomain).toBe(there.TrustDomain);
    const leaf = await get<{ CertPEM: string }>(second, '/v1/agent/connect/ca/leaf/far');
    expect(leaf.CertPEM.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const change = { Provider: 'consul', Config: { PrivateKeyBits: 384 } };
    const refused = await second.http('PUT', '/v1/connect/ca/configuration', change);
    expect([refused.status, refused.text]).toEqual([
      400,
      'PrivateKeyBits: the root is that of the primary datacenter, change it there',
    ]);
  });

  it('a service reaches one in the other datacenter', async () => {
    for (const [server, name] of [
      [first, 'web'],
      [second, 'far'],
    ] as const) {
      const agent = server.httpAddress;
      const args = [`-sidecar-for=${name}`];
      sidecars.push(new SidecarProcess({ agent, args, runtimeFolder: folder }));
    }
    await Promise.all(sidecars.map((sidecar) => sidecar.says('Starting listener')));
    await until('an echo', async () => (await said('hello')) === 'hello', 60_000);
  });

  it('intentions are those of the primary, wherever they are made', async () => {
    const denied = await second.cli(['intention', 'create', '-deny', 'web', 'far']);
    expect(denied.stdout).toBe('Created: web => far (deny)\n');
    expect(await get<unknown[]>(first, '/v1/connect/intentions')).toHaveLength(1);
    await until('it to be refused', async () => (await said('hello')) === '');
    await sidecars[1]!.says('reason="denied by intention"');
    expect((await first.cli(['intention', 'delete', 'web', 'far'])).code).toBe(0);
    await until('it to be let in', async () => (await said('hello')) === 'hello');
    expect(await get<unknown[]>(second, '/v1/connect/intentions')).toEqual([]);
  });

  it('configuration entries too', async () => {
    const entry = { Kind: 'service-defaults', Name: 'far', Protocol: 'http' };
    expect((await second.http('PUT', '/v1/config', entry)).text.trim()).toBe('true');
    for (const server of [first, second]) {
      await until('the entry', async () => {
        const { text } = await server.http('GET', '/v1/config/service-defaults/far');
        return text.includes('"http"');
      });
    }
    await first.http('DELETE', '/v1/config/service-defaults/far');
    await until('it to be gone', async () => {
      return (await second.http('GET', '/v1/config/service-defaults/far')).status === 404;
    });
  });

  it('another root of the primary is followed', async () => {
    const before = await roots(first);
    const change = { Provider: 'consul', Config: { PrivateKeyBits: 384 } };
    expect((await first.http('PUT', '/v1/connect/ca/configuration', change)).status).toBe(200);
    await until('it', async () => {
      const { ActiveRootID, Roots: all } = await roots(second);
      return ActiveRootID !== before.ActiveRootID && all.length === 2;
    });
    for (let turn = 0; turn < 20; turn++) expect(await said('still')).toBe('still');
  });
});
