import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what kernels give outgoing connections, so that a server that is down keeps its ports. */
const FIRST_PORT = 15_000;
const LAST_PORT = 31_999;
const given = new Set<number>();

/** Free ports that stay free while nobody listens on them; none twice in a process. */
export async function reservedPorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
