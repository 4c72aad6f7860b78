import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts } from '@mesh/testkit';
import type { ProxyStatus } from './status.ts';
import { StatusServer, type StatusServerOptions } from './status-server.ts';

const source: StatusServerOptions['source'] = {
  status: () => ({ ProxyID: 'web' }) as ProxyStatus,
  prometheus: () => 'mesh_proxy_ca_roots 1\n',
};

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

describe('the status server', () => {
  let folder: string;
  const servers: StatusServer[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mesh-status-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** At a socket of its own. */
  async function start(more: Partial<StatusServerOptions> = {}): Promise<string> {
    const path = join(folder, 'own', `${servers.length}.sock`);
    const server = new StatusServer({ at: { path }, withStatus: true, source, ...more });
    servers.push(server);
    await server.start();
    return path;
  }

  function ask(socketPath: string, path: string, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath, path, method, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        const { statusCode: status, headers } = response;
        response.on('end', () => resolve({ status, type: headers['content-type'], body }));
      });
      asked.on('error', reject).end();
    });
  }

  /** The status line that bytes are answered with. */
  function raw(path: string, bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let back = '';
      const socket = connect(path, () => socket.write(bytes));
      socket.on('data', (chunk) => {
        back += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(back.split('\r\n', 1)[0]!));
    });
  }

  it('shows metrics to Prometheus, and the status', async () => {
    const path = await start();
    expect(await ask(path, '/metrics?x=1')).toEqual({
      ...{ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' },
      body: 'mesh_proxy_ca_roots 1\n',
    });
    expect(await ask(path, '/status')).toEqual({
      ...{ status: 200, type: 'application/json', body: '{\n  "ProxyID": "web"\n}\n' },
    });
    expect(await ask(path, '/metrics', 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('does not name peers where others may ask', async () => {
    const [port] = (await freePorts(1)) as [number];
    const at = { host: '127.0.0.1', port };
    await start({ at, withStatus: false });
    const answers = ['/status', '/metrics'].map(async (path) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return answer.status;
    });
    expect(await Promise.all(answers)).toEqual([404, 200]);
  });

  it.each(['//', '//status', '/status/', '/../status', '/%2', '/?', '*', '/', 'http://x/status'])(
    'a target that is no page is answered with 404: %j',
    async (target) => {
      const path = await start();
      const asked = `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      expect(await raw(path, asked)).toBe('HTTP/1.1 404 Not Found');
      expect((await ask(path, '/status')).status).toBe(200);
    },
  );

  it('what is no HTTP, or would write, changes nothing', async () => {
    const path = await start();
    expect(await raw(path, 'hello\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request');
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect(await ask(path, '/status', method)).toMatchObject({
        status: 404,
        body: 'not found\n',
      });
    }
    expect((await ask(path, '/status')).status).toBe(200);
  });

  it('asks for further pages with path and query; what they throw is told', async () => {
    const path = await start({
      more(wanted, query) {
        if (wanted === '/broken') throw new Error('no such thing');
        if (wanted !== '/more') return undefined;
        return Promise.resolve({ type: 'text/plain', body: `more ${query.get('a')}` });
      },
    });
    expect(await ask(path, '/more?a=b%20c')).toMatchObject({ status: 200, body: 'more b c' });
    expect(await ask(path, '/broken')).toMatchObject({ status: 500, body: 'no such thing\n' });
    expect(await ask(path, '/other')).toMatchObject({ status: 404 });
  });

  it('its socket and folder are for the owner alone, and go when it stops', async () => {
    const path = await start();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    const [server] = servers;
    await server!.start();
    await server!.stop();
    await server!.stop();
    expect(existsSync(path)).toBe(false);
  });

  it('takes over the socket of a process that was killed, not of one that lives', async () => {
    const path = await start();
    const second = new StatusServer({ at: { path }, withStatus: true, source });
    await expect(second.start()).rejects.toMatchObject({
      ...{ code: 'unavailable', message: `${path} is that of another proxy` },
    });
    expect((await ask(path, '/status')).status).toBe(200);
    await servers[0]!.stop();

    // What is left of a killed one: a name that nobody listens at.
    symlinkSync(join(folder, 'gone'), path);
    await second.start();
    servers.push(second);
    expect((await ask(path, '/status')).status).toBe(200);
  });

  it('a folder that others may write to is not trusted', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = join(open, 'x.sock');
    const server = new StatusServer({ at: { path }, withStatus: true, source });
    await expect(server.start()).rejects.toMatchObject({
      ...{ code: 'permission-denied', message: `${open} belongs to or is open to others` },
    });
    const link = join(folder, 'link');
    symlinkSync(open, link);
    const linked = new StatusServer({
      at: { path: join(link, 'x.sock') },
      withStatus: true,
      source,
    });
    await expect(linked.start()).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it('says why it cannot listen', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const at = { host: '127.0.0.1', port };
    await expect(start({ at })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`cannot listen on 127.0.0.1:${port}: listen EADDRINUSE`),
    });
    taken.close();
    const path = join(await start(), 'under-a-socket', 'x.sock');
    await expect(start({ at: { path } })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`cannot make ${dirname(path)}: ENOTDIR`),
    });
  });
});
