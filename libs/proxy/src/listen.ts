import type { Server } from 'node:net';
import { MeshError } from '@mesh/base';

/** Connections that wait to be taken by the process. */
const BACKLOG = 1024;

/** Opens a server; rejects with MeshError `unavailable` where it cannot listen. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      const message = `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new MeshError('unavailable', message, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', fail);
      // Such as too many open files: it goes on with those that it has.
      server.on('error', () => {});
      resolve();
    });
  });
}

/** Takes no more connections, at once; those that stand go on. Resolves when the port is free. */
export function unlisten(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) resolve();
    else {
      // The port is free at once, `close` is called after the last connection.
      server.close();
      setImmediate(resolve);
    }
  });
}
