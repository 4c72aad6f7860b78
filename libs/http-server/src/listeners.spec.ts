import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonReply } from '@mesh/resource';
import type { HttpServer } from './http-server.ts';
import { ask, boundRoute, startRig } from './testing/server-rig.ts';

const routes = [boundRoute({ path: '/v1/a' }, () => jsonReply('here'))];
const tcp = (port: number) => ({ kind: 'tcp' as const, host: '127.0.0.1', port });
let folder: string;
const running: HttpServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-http-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  await rm(folder, { recursive: true });
});

async function start(config: Parameters<typeof startRig>[1]) {
  const server = await startRig(routes, config);
  running.push(server);
  return server;
}

test('several addresses, ports of 0 resolved', async () => {
  const server = await start({ listen: [tcp(0), tcp(0)] });
  const ports = server.addresses.map((address) => (address.kind === 'tcp' ? address.port : 0));
  expect(new Set(ports).size).toBe(2);
  for (const port of ports) expect((await ask(port, '/v1/a')).text).toBe('"here"');
});

test('a port in use is named, and what was already bound is given back', async () => {
  const first = await start({});
  const free = await start({});
  await free.stop();
  const listen = [tcp(free.port), tcp(first.port)];
  await expect(startRig(routes, { listen })).rejects.toMatchObject({
    code: 'conflict',
    message: `HTTP: listen 127.0.0.1:${first.port}: address already in use`,
  });
  await start({ listen: [tcp(free.port)] });
});

test('start and stop may be repeated', async () => {
  const server = await start({});
  await server.start();
  await server.stop();
  await server.stop();
  await server.start();
  const [address] = server.addresses;
  expect((await ask(address?.kind === 'tcp' ? address.port : 0, '/v1/a')).status).toBe(200);
});

describe('unix sockets', () => {
  const unix = (path: string) => ({ listen: [{ kind: 'unix' as const, path }] });

  test('serve, with the mode configured, and leave no file', async () => {
    const path = join(folder, 'mesh.sock');
    const server = await start({
      ...unix(path),
      unixSocket: { user: '', group: '', mode: '0600' },
    });
    expect((await ask(0, '/v1/a', { socketPath: path })).text).toBe('"here"');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await server.stop();
    expect(existsSync(path)).toBe(false);
  });

  test('replace a stale file, refuse one in use and one that is no socket', async () => {
    const path = join(folder, 'mesh.sock');
    const target = JSON.stringify(path);
    const die = "process.kill(process.pid, 'SIGKILL')";
    const leave = `require('net').createServer().listen(${target}, () => ${die})`;
    expect(() => execFileSync(process.execPath, ['-e', leave])).toThrow();
    expect(existsSync(path)).toBe(true);
    await start(unix(path));
    await expect(startRig(routes, unix(path))).rejects.toThrow('address already in use');
    const file = join(folder, 'file');
    await writeFile(file, 'precious');
    await expect(startRig(routes, unix(file))).rejects.toThrow('not a socket');
    expect(existsSync(file)).toBe(true);
  });

  test('refuse a bad mode and an unknown user', async () => {
    const path = join(folder, 'mesh.sock');
    const bad = { ...unix(path), unixSocket: { user: '', group: '', mode: '999' } };
    await expect(startRig(routes, bad)).rejects.toThrow('unix_sockets.mode');
    const unknown = { ...unix(path), unixSocket: { user: 'no-such-user', group: '', mode: '' } };
    await expect(startRig(routes, unknown)).rejects.toThrow('unix_sockets.user');
  });
});
