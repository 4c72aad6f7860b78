import { execFile } from 'node:child_process';
import { chmod, chown, lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { promisify } from 'node:util';
import { MeshError } from '@mesh/base';
import type { HttpConfig, ListenAddress } from '@mesh/config';

const run = promisify(execFile);

/** Connections that may wait to be accepted. */
const BACKLOG = 1024;

/**
 * Makes a server listen. Resolves with the address really bound (a port of 0 becomes the one chosen).
 * Rejects with `conflict` when it is taken, `permission-denied` when it may not be had, each naming it.
 */
export async function listen(
  server: Server,
  address: ListenAddress,
  unixSocket: HttpConfig['unixSocket'],
): Promise<ListenAddress> {
  if (address.kind === 'unix') {
    await removeStaleSocket(address.path);
    await bind(server, { path: address.path, backlog: BACKLOG }, address.path);
    await applyOwnership(address.path, unixSocket);
    return address;
  }
  const { host, port } = address;
  await bind(server, { host, port, backlog: BACKLOG }, `${host}:${port}`);
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return { kind: 'tcp', host, port: boundPort };
}

function bind(
  server: Server,
  options: { host?: string; port?: number; path?: string; backlog: number },
  shown: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening);
      reject(listenError(error, shown));
    };
    const listening = () => {
      server.off('error', failed);
      resolve();
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(options);
  });
}

function listenError(error: NodeJS.ErrnoException, shown: string): MeshError {
  const cause = { cause: error };
  switch (error.code) {
    case 'EADDRINUSE':
      return new MeshError('conflict', `HTTP: listen ${shown}: address already in use`, cause);
    case 'EACCES':
      return new MeshError('permission-denied', `HTTP: listen ${shown}: permission denied`, cause);
    case 'EADDRNOTAVAIL':
      return new MeshError(
        'unavailable',
        `HTTP: listen ${shown}: no interface of this machine has the address`,
        cause,
      );
    default:
      return new MeshError('unavailable', `HTTP: listen ${shown}: ${error.message}`, cause);
  }
}

/** Removes the socket file of a process that is gone; refuses one that answers, and any other file. */
async function removeStaleSocket(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat) return;
  if (!stat.isSocket()) {
    throw new MeshError('conflict', `HTTP: listen unix://${path}: the file is not a socket`);
  }
  if (await answers(path)) {
    throw new MeshError('conflict', `HTTP: listen unix://${path}: address already in use`);
  }
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function applyOwnership(path: string, options: HttpConfig['unixSocket']): Promise<void> {
  const { user, group, mode } = options;
  if (mode !== '') {
    if (!/^[0-7]{3,4}$/.test(mode)) {
      throw new MeshError(
        'invalid-argument',
        `unix_sockets.mode: "${mode}" is not an octal file mode, accepted are forms such as 0660`,
      );
    }
    await chmod(path, Number.parseInt(mode, 8));
  }
  if (user === '' && group === '') return;
  const uid = user === '' ? -1 : await idOf('passwd', user);
  const gid = group === '' ? -1 : await idOf('group', group);
  await chown(path, uid, gid);
}

/** Numeric id of a user or group given by number or name. */
async function idOf(database: 'passwd' | 'group', name: string): Promise<number> {
  if (/^\d+$/.test(name)) return Number(name);
  const what = database === 'passwd' ? 'unix_sockets.user' : 'unix_sockets.group';
  try {
    const { stdout } = await run('getent', [database, '--', name], { timeout: 5000 });
    const id = Number(stdout.split(':')[2]);
    if (Number.isInteger(id)) return id;
  } catch {
    // Falls through to the message below: getent fails when the name is unknown.
  }
  throw new MeshError('not-found', `${what}: there is no "${name}"`);
}
