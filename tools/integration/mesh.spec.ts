/** Two services that talk through their sidecars: identity, intentions, and bytes that arrive as they were sent. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { AgentProcess, freePorts, LAUNCHER, requireTool, run, until } from '@mesh/testkit';

const MIB = 1024 * 1024;

/** A proxy as a person starts it. */
class SidecarProcess {
  output = '';
  private readonly child: ChildProcess;

  constructor(agent: AgentProcess, service: string) {
    const args = ['connect', 'proxy', `-http-addr=127.0.0.1:${agent.httpPort}`];
    this.child = spawn(LAUNCHER, [...args, `-sidecar-for=${service}`]);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
  }

  async ready(): Promise<void> {
    await until(`a proxy: ${this.output}`, () => this.output.includes('Starting listener'));
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

describe('the mesh', () => {
  let agent: AgentProcess;
  let echo: Server;
  let upstreamPort: number;
  let publicPort: number;
  const proxies: SidecarProcess[] = [];

  beforeAll(async () => {
    // Sends back what it gets, and ends when it is ended: half-close matters.
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const { port } = echo.address() as { port: number };
    [upstreamPort, publicPort] = (await freePorts(2)) as [number, number];
    const upstreams = [{ destination_name: 'socat', local_bind_port: upstreamPort }];
    agent = await AgentProcess.start({
      files: {
        'etc/socat.json': {
          service: { name: 'socat', port, connect: { sidecar_service: { port: publicPort } } },
        },
        'etc/web.json': {
          service: { name: 'web', connect: { sidecar_service: { proxy: { upstreams } } } },
        },
      },
      args: ['-config-dir=etc'],
    });
    proxies.push(new SidecarProcess(agent, 'socat'), new SidecarProcess(agent, 'web'));
    await Promise.all(proxies.map((proxy) => proxy.ready()));
    await until('the first echo', async () => (await said('ready')) === 'ready', 30_000);
  }, 60_000);
  afterAll(async () => {
    for (const proxy of proxies) proxy.kill();
    echo?.close();
    await agent?.stop();
  });

  it('what is sent comes back, whole and in order, and ends when it is over', async () => {
    const bytes = Buffer.alloc(16 * MIB);
    for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
    const back = await exchanged(bytes);
    expect(back.length).toBe(bytes.length);
    expect(sha(back)).toBe(sha(bytes));
  }, 60_000);

  it('many at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, at) => said(`number ${at} `.repeat(50))),
    );
    for (const [at, answer] of answers.entries()) expect(answer).toBe(`number ${at} `.repeat(50));
  }, 60_000);

  it('an intention cuts what it forbids, at once and for new ones', async () => {
    const live = connect(upstreamPort, '127.0.0.1');
    const closed = new Promise<void>((resolve) => live.on('close', () => resolve()));
    live.on('error', () => {});
    live.write('hello');
    await new Promise((resolve) => live.once('data', resolve));

    const denied = await agent.cli(['intention', 'create', '-deny', 'web', 'socat']);
    expect(denied.stdout).toBe('Created: web => socat (deny)\n');
    const startedMs = performance.now();
    await closed;
    // It says within a second; a shared machine gets some more.
    expect(performance.now() - startedMs).toBeLessThan(5000);
    expect(await said('hello')).toBe('');
    await until('the reason', () => proxies[0]!.output.includes('reason="denied by intention"'));

    const deleted = await agent.cli(['intention', 'delete', 'web', 'socat']);
    expect(deleted.stdout).toBe('Intention deleted.\n');
    await until('it to be let in again', async () => (await said('hello')) === 'hello');
  }, 60_000);

  it('who has no certificate, or one of another authority, is refused with the reason', async () => {
    if (!requireTool('openssl')) return;
    const own = join(agent.folder, 'own');
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', `${own}.key`, '-out', `${own}.pem`, '-subj', '/CN=web', '-days', '2'],
    ]);
    expect(made.status).toBe(0);
    const client = ['s_client', '-connect', `127.0.0.1:${publicPort}`, '-quiet'];
    await run('openssl', client, { input: 'hello\n' });
    await run('openssl', [...client, '-cert', `${own}.pem`, '-key', `${own}.key`], {
      input: 'hello\n',
    });
    await until('both reasons', () =>
      ['no certificate', 'unknown authority'].every((reason) =>
        proxies[0]!.output.includes(`reason="${reason}"`),
      ),
    );
  }, 60_000);

  it('a certificate of the mesh is let in; its chain verifies, its name is that of the service', async () => {
    if (!requireTool('openssl')) return;
    const leaf = (await agent.http('GET', '/v1/agent/connect/ca/leaf/web')).json<{
      CertPEM: string;
      PrivateKeyPEM: string;
      ServiceURI: string;
    }>();
    const roots = await agent.http('GET', '/v1/connect/ca/roots?pem=true');
    const path = (name: string) => join(agent.folder, name);
    writeFileSync(path('root.pem'), roots.text);
    writeFileSync(path('web.pem'), leaf.CertPEM);
    writeFileSync(path('web.key'), leaf.PrivateKeyPEM, { mode: 0o600 });
    expect(leaf.ServiceURI).toMatch(
      /^spiffe:\/\/[0-9a-f-]{36}\.consul\/ns\/default\/dc\/dc1\/svc\/web$/,
    );
    const shown = await run('openssl', [
      ...['s_client', '-connect', `127.0.0.1:${publicPort}`, '-CAfile', path('root.pem')],
      ...['-cert', path('web.pem'), '-key', path('web.key'), '-verify_return_error'],
    ]);
    expect(shown.stdout).toContain('Verify return code: 0 (ok)');
  }, 60_000);

  it('another authority takes over without a failure', async () => {
    const before = (await agent.http('GET', '/v1/connect/ca/roots')).json<{
      ActiveRootID: string;
    }>();
    let failures = 0;
    let done = 0;
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        if ((await said(`turn ${done}`)) !== `turn ${done}`) failures++;
        done++;
      }
    })();
    const config = { PrivateKeyType: 'ec', PrivateKeyBits: 384 };
    const body = { Provider: 'consul', Config: config };
    const answer = await agent.http('PUT', '/v1/connect/ca/configuration', body);
    expect(answer.status).toBe(200);
    await until(
      'new certificates in both proxies',
      () => proxies.every(({ output }) => output.split('Parsed TLS identity').length > 3),
      90_000,
    );
    const after = (await agent.http('GET', '/v1/connect/ca/roots')).json<{
      ActiveRootID: string;
      Roots: unknown[];
    }>();
    isOver = true;
    await load;
    expect(after.ActiveRootID).not.toBe(before.ActiveRootID);
    expect(after.Roots).toHaveLength(2);
    expect([failures, done > 10]).toEqual([0, true]);
  }, 120_000);

  it('the agent may go: what is known goes on', async () => {
    await agent.stop();
    await until('the proxies to notice', () =>
      proxies[0]!.output.includes('going on with what is known'),
    );
    expect(await said('still here')).toBe('still here');
  }, 60_000);

  /** What comes back of a text; '' when the connection is refused. */
  async function said(text: string): Promise<string> {
    return (await exchanged(Buffer.from(text))).toString();
  }

  function exchanged(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      const socket: Socket = connect(upstreamPort, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', () => {});
      socket.on('close', () => resolve(Buffer.concat(chunks)));
      socket.end(bytes);
    });
  }

  function sha(bytes: Buffer): string {
    return createHash('sha256').update(bytes).digest('hex');
  }
});
