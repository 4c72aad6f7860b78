/** Two services that talk through their sidecars: what people do with the mesh, and what happens to its parts. */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { freePorts, LAUNCHER, MeshPair, SidecarProcess, until } from '@mesh/testkit';

const APP = join(LAUNCHER, '..', '..', '..', 'dist', 'sidecar-proxy', 'main.js');

describe('the mesh', () => {
  let pair: MeshPair;
  const others: SidecarProcess[] = [];
  beforeAll(async () => {
    pair = await MeshPair.start();
  }, 60_000);
  afterEach(async () => {
    for (const other of others.splice(0)) await other.dispose();
  });
  afterAll(() => pair?.stop());

  function another(args: readonly string[], metricsPort?: number): SidecarProcess {
    const sidecar = pair.sidecar(args, metricsPort);
    others.push(sidecar);
    return sidecar;
  }

  /** A connection that has been heard. */
  async function live(): Promise<Socket> {
    const socket = pair.dial();
    expect(await heard(socket, 'hello')).toBe('hello');
    return socket;
  }

  it('an intention cuts what it forbids, at once and for new ones', async () => {
    const socket = await live();
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    const denied = await pair.agent.cli(['intention', 'create', '-deny', 'web', 'socat']);
    expect(denied.stdout).toBe('Created: web => socat (deny)\n');
    await closed;
    expect(await pair.said('hello')).toBe('');
    await pair.socat.says('reason="denied by intention"');
    expect(await pair.socat.metric('closed_by_intention_total')).toBe(1);

    const deleted = await pair.agent.cli(['intention', 'delete', 'web', 'socat']);
    expect(deleted.stdout).toBe('Intention deleted.\n');
    await until('it to be let in again', async () => (await pair.said('hello')) === 'hello');
  });

  it('a setting keeps live connections where an intention comes to deny', async () => {
    const [port] = (await freePorts(1)) as [number];
    const keep = {
      ...{ Name: 'keeper', ID: 'keeper', Kind: 'connect-proxy', Port: port },
      Proxy: {
        ...{ DestinationServiceName: 'keeper', LocalServicePort: pair.servicePort },
        Config: { deny_closes_connections: false },
      },
    };
    expect((await pair.agent.http('PUT', '/v1/agent/service/register', keep)).status).toBe(200);
    const [upstream] = (await freePorts(1)) as [number];
    const keeper = another(['-proxy-id=keeper']);
    const client = another(['-service=web', `-upstream=keeper:${upstream}`]);
    await Promise.all([keeper, client].map((one) => one.says('Starting listener')));
    await until('it', async () => (await said(upstream)) === 'hello');
    const socket = pair.dial(upstream);
    expect(await heard(socket, 'one')).toBe('one');
    await pair.agent.cli(['intention', 'create', '-deny', 'web', 'keeper']);
    await until('new ones to be refused', async () => (await said(upstream)) === '');
    expect(await heard(socket, 'two')).toBe('two');
    await pair.agent.cli(['intention', 'delete', 'web', 'keeper']);
  });

  it('-status shows listeners, peers, bytes and the certificate', async () => {
    const socket = await live();
    const { code, stdout } = await pair.socat.status();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Proxy ID +socat-sidecar-proxy$/m);
    expect(stdout).toMatch(/^Proxy ID +web-sidecar-proxy$/m);
    expect(stdout).toMatch(/^Certificate +spiffe:\/\/.*\/svc\/socat$/m);
    expect(stdout).toMatch(/^Expires +20.*\(in .*\), renewed 0 times$/m);
    expect(stdout).toMatch(/^public listener +0\.0\.0\.0:\d+ +- +1 /m);
    expect(stdout).toMatch(/^web +public listener +127\.0\.0\.1:\d+ .* 5 B +5 B$/m);
    socket.end();
    const none = await pair.socat.status('-proxy-id=nope');
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toBe('No such proxy of this user is running.\n');
  });

  it('flags do without a registration; -register makes one while the proxy runs', async () => {
    const [listen, upstream] = (await freePorts(2)) as [number, number];
    const server = another([
      ...['-service=flagged', `-service-addr=127.0.0.1:${pair.servicePort}`],
      ...[`-listen=127.0.0.1:${listen}`, '-register', '-register-id=one'],
    ]);
    const client = another(['-service=web', `-upstream=flagged:${upstream}`]);
    await server.says('Proxy registered on Consul service: service=flagged');
    await client.says('Starting listener');
    await until('it', async () => (await said(upstream)) === 'hello');
    const here = '/v1/agent/service/flagged-proxy-one';
    expect((await pair.agent.http('GET', here)).status).toBe(200);
    server.signal('SIGINT');
    expect(await server.waitForExit()).toBe(0);
    expect(server.log()).toContain('==> Consul Connect proxy shutdown');
    expect((await pair.agent.http('GET', here)).status).toBe(404);
  });

  it('SIGTERM lets connections end first; a second one does not', async () => {
    const [upstream] = (await freePorts(1)) as [number];
    const args = ['-service=web', `-upstream=socat:${upstream}`];
    const patient = another(args);
    await patient.says('Starting listener');
    await until('it', async () => (await said(upstream)) === 'hello');
    const socket = pair.dial(upstream);
    await heard(socket, 'before');
    patient.signal('SIGTERM');
    await patient.says('waiting for connections to end');
    expect(await said(upstream)).toBe('');
    expect(await heard(socket, 'after')).toBe('after');
    socket.end();
    expect(await patient.waitForExit()).toBe(0);

    const hasty = another(args);
    await hasty.says('Starting listener');
    await until('it', async () => (await said(upstream)) === 'hello');
    const other = pair.dial(upstream);
    await heard(other, 'before');
    hasty.signal('SIGTERM');
    await hasty.says('waiting for connections to end');
    hasty.signal('SIGTERM');
    expect(await hasty.waitForExit()).toBe(0);
  });

  it('the process of its own is the same proxy', async () => {
    const [upstream] = (await freePorts(1)) as [number];
    const app = new SidecarProcess({
      ...{ agent: pair.agent.httpAddress, runtimeFolder: pair.folder },
      program: [process.execPath, APP],
      args: ['-service=web', `-upstream=socat:${upstream}`],
    });
    others.push(app);
    await app.says('Starting listener');
    await until('it', async () => (await said(upstream)) === 'hello');
  });

  it('the agent may be killed: what is known goes on, and when it is back it is followed again', async () => {
    const socket = await live();
    await pair.agent.kill();
    for (const sidecar of [pair.web, pair.socat]) {
      await sidecar.says('the agent is away: going on with what is known');
    }
    expect(await heard(socket, 'still here')).toBe('still here');
    expect(await pair.said('a new one')).toBe('a new one');
    expect((await pair.socat.status('-sidecar-for=socat')).stdout).toMatch(
      /^Agent +away: going on with what is known$/m,
    );

    pair.agent.spawn();
    await pair.agent.waitUntilReadable();
    for (const sidecar of [pair.web, pair.socat]) await sidecar.says('the agent is back');
    const denied = await pair.agent.cli(['intention', 'create', '-deny', 'web', 'socat']);
    expect(denied).toMatchObject({ code: 0, stderr: '' });
    await until('the live one to be cut', () => socket.destroyed);
    expect(await pair.said('hello')).toBe('');
  });

  /** What comes back of a text through an upstream. */
  async function said(port: number): Promise<string> {
    return (await pair.converse('hello', port)).back.toString();
  }

  function heard(socket: Socket, text: string): Promise<string> {
    return new Promise((resolve) => {
      const gone = () => resolve('');
      socket.once('close', gone);
      socket.once('data', (chunk) => {
        socket.off('close', gone);
        resolve(String(chunk));
      });
      socket.write(text);
    });
  }
});
