import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer } from 'node:net';
import { silentLogger, type Timers } from '@mesh/base';
import { dogstatsdLine, statsdLine } from './statsd-lines.ts';
import { createDogstatsdSink, createStatsdSink, createStatsiteSink } from './stream-sinks.ts';

/** Timers that fire when told. */
class ManualTimers implements Timers {
  readonly due = new Set<() => void>();
  after(_delayMs: number, callback: () => void) {
    this.due.add(callback);
    return { cancel: () => void this.due.delete(callback) };
  }
  fire(): void {
    for (const callback of [...this.due]) {
      this.due.delete(callback);
      callback();
    }
  }
}

async function udpReceiver() {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  const received = new Promise<string>((resolve) => {
    socket.once('message', (message) => resolve(message.toString()));
  });
  return { address: `127.0.0.1:${port}`, received, close: () => socket.close() };
}

test('lines', () => {
  expect(statsdLine('c', 'consul.a b:c|d', 1, undefined)).toBe('consul.a_b_c_d:1|c\n');
  expect(statsdLine('ms', 'x', 1.5, { b: '2', a: '1\n' })).toBe('x.1_.2:1.5|ms\n');
  expect(dogstatsdLine('g', 'x', 7, { 'a,b': 'c' }, ['env:prod'])).toBe('x:7|g|#env:prod,a_b:c\n');
});

test('statsd sends what has gathered in one datagram', async () => {
  const timers = new ManualTimers();
  const { address, received, close } = await udpReceiver();
  const sink = createStatsdSink({ address, timers, logger: silentLogger });
  await sink.start();
  sink.count('a', 1, undefined);
  sink.sample('b', 2, undefined);
  timers.fire();
  expect(await received).toBe('a:1|c\nb:2|ms\n');
  await sink.stop();
  close();
});

test('dogstatsd sends what is left when it stops', async () => {
  const { address, received, close } = await udpReceiver();
  const timers = new ManualTimers();
  const sink = createDogstatsdSink({ address, timers, logger: silentLogger, tags: ['x'] });
  await sink.start();
  sink.gauge('a', 1, { op: 'y' });
  await sink.stop();
  expect(await received).toBe('a:1|g|#x,op:y\n');
  expect(timers.due.size).toBe(0);
  close();
});

test('statsite connects, and again when the connection is lost', async () => {
  const lines: string[] = [];
  let connections = 0;
  let arrived = () => {};
  const server = createServer((socket) => {
    connections++;
    socket.on('data', (data) => {
      lines.push(data.toString());
      if (connections === 1) socket.destroy();
      arrived();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const timers = new ManualTimers();
  const logger = silentLogger;
  const sink = createStatsiteSink({ address: `127.0.0.1:${port}`, timers, logger });
  await sink.start();
  for (let round = 1; round <= 2; round++) {
    const received = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let isDone = false;
    void received.then(() => {
      isDone = true;
    });
    while (!isDone) {
      sink.count(`round${round}`, 1, undefined);
      await new Promise((resolve) => setTimeout(resolve, 5));
      timers.fire();
    }
  }
  expect(lines[0]).toContain('round1:1|c\n');
  expect(lines.at(-1)).toContain('round2:1|c\n');
  expect(connections).toBeGreaterThanOrEqual(2);
  await sink.stop();
  server.close();
});

test.each(['nonsense', 'host', 'host:0', 'host:99999', ':x'])(
  'refuses the address %s',
  (address) => {
    const options = { address, timers: new ManualTimers(), logger: silentLogger };
    expect(() => createStatsdSink(options)).toThrow(address);
  },
);
