/**
 * A service behind proxies, and clients of it, as processes of their own.
 *   echo                            sends back what it gets; prints its port
 *   connections PORT CLIENTS SECONDS   connects, sends 64 bytes, hears them, closes, again; prints how many a second
 *   ping PORT SECONDS               64 bytes there and back on one connection; prints the median, microseconds
 */
import { connect, createServer } from 'node:net';

const [kind, port, ...rest] = process.argv.slice(2);
const MESSAGE = Buffer.alloc(64, 'x');

if (kind === 'echo') {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
} else if (kind === 'connections') {
  const [clients, seconds] = rest.map(Number);
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let done = 0;
  const client = async () => {
    while (performance.now() < endMs) {
      await exchange();
      done++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  console.log((done / (performance.now() - startedMs)) * 1000);
} else if (kind === 'ping') {
  const times = [];
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  const endMs = performance.now() + Number(rest[0]) * 1000;
  while (performance.now() < endMs) {
    const sentAt = performance.now();
    await heard(socket);
    times.push(performance.now() - sentAt);
  }
  socket.destroy();
  times.sort((a, b) => a - b);
  console.log(times[times.length >> 1] * 1000);
} else {
  console.error(`unknown load ${kind}: echo, connections, ping`);
  process.exit(1);
}

async function exchange() {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await heard(socket);
  await new Promise((resolve) => {
    socket.once('close', resolve);
    socket.end();
  });
}

/** Sends a message and hears it again. */
function heard(socket) {
  return new Promise((resolve, reject) => {
    let missing = MESSAGE.length;
    const take = (chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
    if (socket.listenerCount('error') === 0) {
      socket.on('error', fail);
      socket.on('close', fail);
    }
    socket.write(MESSAGE);
    function fail(error) {
      if (missing > 0) reject(error instanceof Error ? error : new Error('closed'));
    }
  });
}
