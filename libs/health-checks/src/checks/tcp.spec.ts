import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { CheckWorld, eventually } from '../testing/check-world.ts';

describe('tcp checks', () => {
  let world: CheckWorld;
  let server: Server;
  let accepted: Socket[];
  let target: string;
  beforeEach(async () => {
    world = new CheckWorld();
    accepted = [];
    server = createServer((socket) => {
      accepted.push(socket);
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    target = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    world.stop();
    for (const socket of accepted) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });

  it('pass when a connection can be made, and close it', async () => {
    expect(await world.firstResult({ tcp: target })).toEqual({
      status: 'passing',
      output: `TCP connect ${target}: Success`,
    });
    await eventually(() => accepted[0]?.readableEnded === true);
  });

  it('take a name, or none for this machine', async () => {
    const port = target.slice(target.indexOf(':'));
    for (const tcp of [`localhost${port}`, port]) {
      const result = await world.firstResult({ tcp });
      expect(result).toEqual({ status: 'passing', output: `TCP connect ${tcp}: Success` });
    }
  });

  it('are critical when the connection is refused', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await world.firstResult({ tcp: target })).toEqual({
      status: 'critical',
      output: `dial tcp ${target}: connect: connection refused`,
    });
  });

  it('name the address that was tried where a name stands for it', async () => {
    await new Promise((resolve) => server.close(resolve));
    const { output } = await world.firstResult({ tcp: target.replace('127.0.0.1', 'localhost') });
    expect(output).toMatch(/^dial tcp (127\.0\.0\.1|\[::1\]):\d+: connect: connection refused$/);
  });

  it.each([
    ['localhost', 'dial tcp: address localhost: missing port in address'],
    ['[::1]', 'dial tcp: address [::1]: missing port in address'],
    ['::1:80', 'dial tcp: address ::1:80: too many colons in address'],
    ['127.0.0.1:0', 'dial tcp: address 127.0.0.1:0: invalid port'],
    ['127.0.0.1:65536', 'dial tcp: address 127.0.0.1:65536: invalid port'],
    ['[::1:80', 'dial tcp: address [::1:80: invalid address, want host:port'],
    ['a:-1', 'dial tcp: address a:-1: invalid address, want host:port'],
  ])('%s is critical', async (tcp, output) => {
    expect(await world.firstResult({ tcp })).toEqual({ status: 'critical', output });
  });

  it('give up when the time is over', async () => {
    // The time ends before the event loop can tell of the connection.
    world.begin({ tcp: target, timeoutMs: 500 });
    world.timers.fire(500);
    await eventually(() => world.results.length === 1);
    const output = `dial tcp ${target}: i/o timeout`;
    expect(world.results).toEqual([{ status: 'critical', output }]);
  });

  it('report nothing once stopped', async () => {
    const check = world.begin({ tcp: target });
    check.stop();
    await world.firstResult({ tcp: 'other' });
    expect(world.results).toHaveLength(1);
    expect(world.timers.delaysMs).toEqual([1000]);
  });
});
