import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type AckMessage, encodeStream, type PushPullMessage } from '@mesh/gossip';
import { until } from '@mesh/testkit';
import { Keyring } from './keyring.ts';
import { TransportWorld } from './testing/transport-world.ts';

const KEY = new Uint8Array(32).fill(7);
const NODE = { host: '10.0.0.1', port: 8301, meta: new Uint8Array(0), incarnation: 1, state: 0 };
const STATE: PushPullMessage = {
  kind: 'pushPull',
  join: false,
  nodes: [{ name: 'a', versions: [1, 5, 2, 2, 5, 4], ...NODE, state: 0 }],
  userState: new Uint8Array(4000).fill(1),
};
const ACK: AckMessage = { kind: 'ack', seqNo: 7, payload: undefined };
const WAIT = { timeoutMs: 5000, reply: true } as const;

/** Accepts, and says nothing. */
async function silentServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, close };
}

let world: TransportWorld;
beforeEach(() => {
  world = new TransportWorld();
});
afterEach(() => world.close());

/** A ping (type 0) of so many bytes; transports do not look inside. */
const packet = (fill: number, count = 20) =>
  new Uint8Array(count).map((_, at) => (at === 0 ? 0 : fill));

describe.each([
  ['IPv4', '127.0.0.1', '127.0.0.1'],
  ['IPv6', '::1', '::1'],
  ['all of IPv4', '0.0.0.0', '127.0.0.1'],
  ['all of both, by IPv4', '::', '127.0.0.1'],
])('%s', (_name, bindAddress, host) => {
  test('packets and streams, with the address they come from', async () => {
    const ours = await world.listen({ bindAddress });
    const theirs = await world.listen({ bindAddress: host });
    const port = ours.transport.port!;
    theirs.transport.sendPacket({ host, port }, packet(1));
    await until('the packet', () => ours.packets.length);
    expect(ours.packets[0]).toEqual(packet(1));
    expect(ours.senders[0]).toEqual({ host, port: theirs.transport.port });
    ours.transport.sendPacket(ours.senders[0]!, packet(2));
    await until('the answer', () => theirs.packets.length);
    ours.answer = (_message, from) => (from.host === host ? STATE : undefined);
    expect(await theirs.transport.exchange({ host, port }, STATE, WAIT)).toEqual(STATE);
    expect(ours.counts.get('memberlist.udp.received')).toBe(20);
    expect(ours.counts.get('memberlist.tcp.accept')).toBe(1);
    expect(theirs.counts.get('memberlist.udp.sent')).toBe(20);
    expect(theirs.counts.get('memberlist.tcp.connect')).toBe(1);
    expect(theirs.counts.get('memberlist.tcp.sent')).toBe(encodeStream(STATE, false).length);
  });
});

describe.each([false, true])('encrypted, compression %s', (compression) => {
  test('packets and streams, over a rotation', async () => {
    const mine = Keyring.of([KEY]);
    const yours = Keyring.of([KEY]);
    const ours = await world.listen({ keyring: mine, compression });
    const theirs = await world.listen({ keyring: yours, compression });
    ours.answer = () => STATE;
    const next = new Uint8Array(16).fill(8);
    const steps = [
      () => {},
      () => mine.install(next),
      () => yours.install(next),
      () => mine.use(next),
      () => yours.use(next),
      () => mine.remove(KEY),
      () => yours.remove(KEY),
    ];
    for (const [at, step] of steps.entries()) {
      step();
      theirs.transport.sendPacket(ours.address, packet(at));
      ours.transport.sendPacket(theirs.address, packet(at));
      await until('the packet', () => ours.packets.length + theirs.packets.length === 2 * at + 2);
      expect(ours.packets[at]).toEqual(packet(at));
      expect(await theirs.transport.exchange(ours.address, STATE, WAIT)).toEqual(STATE);
    }
    expect(ours.transport.packetOverheadBytes()).toBe(29);
  });
});

describe('what the other end says', () => {
  test('errors arrive in the words of the original', async () => {
    const plain = await world.listen();
    const sealed = await world.listen({ keyring: Keyring.of([KEY]) });
    const other = await world.listen({ keyring: Keyring.of([new Uint8Array(16)]) });
    const dial = (from: typeof plain, to: typeof plain) =>
      from.transport.exchange(to.address, STATE, WAIT);
    await expect(dial(sealed, plain)).rejects.toMatchObject({
      code: 'invalid-argument',
      // The refusal comes in clear, and is refused for that.
      message: 'remote error: Encryption is configured but remote state is not encrypted',
    });
    await expect(dial(plain, sealed)).rejects.toMatchObject({
      message: 'remote error: Remote state is encrypted and encryption is not configured',
    });
    await expect(dial(other, sealed)).rejects.toMatchObject({
      message: 'remote error: No installed keys could decrypt the message',
    });
    expect([plain, sealed, other].flatMap(({ streams }) => streams)).toEqual([]);
  });

  test('a refusal while both still speak plain', async () => {
    const lax = { keyring: Keyring.of([KEY]), verifyIncoming: false, verifyOutgoing: false };
    const ours = await world.listen(lax);
    const theirs = await world.listen();
    ours.answer = () => ({ kind: 'error', error: 'not today' });
    await expect(theirs.transport.exchange(ours.address, STATE, WAIT)).rejects.toMatchObject({
      message: 'remote error: not today',
    });
    expect(ours.transport.packetOverheadBytes()).toBe(0);
  });

  test('nothing, where nothing is awaited', async () => {
    const ours = await world.listen();
    const theirs = await world.listen();
    const message = { kind: 'user', body: new Uint8Array(100_000).fill(5) } as const;
    const sent = theirs.transport.exchange(ours.address, message, { ...WAIT, reply: false });
    expect(await sent).toBeUndefined();
    await until('the message', () => ours.streams.length);
    expect(ours.streams[0]).toEqual(message);
  });

  test('closing without an answer, silence, and nobody there', async () => {
    const ours = await world.listen();
    const theirs = await world.listen();
    const dial = (port: number, timeoutMs: number) =>
      theirs.transport.exchange({ host: '127.0.0.1', port }, STATE, { timeoutMs, reply: true });
    await expect(dial(ours.address.port, 5000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('closed the connection'),
    });
    const { port, close } = await silentServer();
    await expect(dial(port, 50)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('i/o timeout'),
    });
    await close();
    await expect(dial(port, 5000)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(dial(0, 5000)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('a large state comes whole, though the reader is slow', async () => {
    const ours = await world.listen();
    const userState = new Uint8Array(8 * 1024 * 1024).fill(1);
    ours.answer = () => ({ ...STATE, userState });
    const stream = world.dial(ours.address);
    stream.socket.pause();
    stream.write(encodeStream(STATE, false));
    // More than was asked for must not reset the connection under the reply.
    stream.write(new Uint8Array(100_000));
    await until('the request', () => ours.streams.length);
    stream.socket.resume();
    expect((await stream.ended).length).toBe(encodeStream({ ...STATE, userState }, false).length);
  });

  test('the dialer may be done writing before it is answered', async () => {
    const ours = await world.listen();
    ours.answer = () => ACK;
    const stream = world.dial(ours.address);
    stream.socket.end(encodeStream({ kind: 'ping', seqNo: 7, node: '' }, false));
    expect(new Uint8Array(await stream.ended)).toEqual(encodeStream(ACK, false));
  });
});

describe('life', () => {
  test('a port that is taken, by either protocol', async () => {
    const ours = await world.listen();
    await expect(world.listen({ port: ours.transport.port! })).rejects.toMatchObject({
      code: 'unavailable',
    });
    // A port that is free for both: one that only UDP chose may be somebody else's for TCP.
    const spare = await world.listen();
    const port = spare.transport.port!;
    await spare.transport.stop();
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
    await expect(world.listen({ port })).rejects.toMatchObject({ code: 'unavailable' });
    await new Promise<void>((resolve) => udp.close(() => resolve()));
    await world.listen({ port });
  });

  test('a bind address or network that is none', () => {
    const bad = (options: object) => world.listen(options);
    return Promise.all([
      expect(bad({ bindAddress: 'localhost' })).rejects.toThrow('no IP address'),
      expect(bad({ allowedCidrs: ['10.0.0.0'] })).rejects.toThrow('no network'),
      expect(bad({ allowedCidrs: ['10.0.0.0/33'] })).rejects.toThrow('no network'),
      expect(bad({ allowedCidrs: ['::/129'] })).rejects.toThrow('no network'),
    ]);
  });

  test('stops twice, under way, and starts again', async () => {
    const ours = await world.listen();
    const theirs = await world.listen();
    const stream = world.dial(ours.address);
    stream.write(encodeStream(STATE, false).subarray(0, 9));
    await until('the connection', () => ours.counts.get('memberlist.tcp.accept'));
    const { port, close } = await silentServer();
    const hanging = ours.transport.exchange({ host: '127.0.0.1', port }, STATE, WAIT);
    hanging.catch(() => {});
    await Promise.all([ours.transport.stop(), ours.transport.stop()]);
    await expect(hanging).rejects.toMatchObject({ code: 'unavailable' });
    await stream.ended;
    await close();
    ours.transport.sendPacket(theirs.address, packet(1));
    await expect(ours.transport.exchange(theirs.address, STATE, WAIT)).rejects.toThrow('closed');
    const heard: Uint8Array[] = [];
    await ours.transport.start({ packet: (bytes) => heard.push(bytes), stream: () => undefined });
    theirs.transport.sendPacket({ host: '127.0.0.1', port: ours.transport.port! }, packet(3));
    await until('the packet', () => heard.length);
    expect(theirs.packets).toEqual([]);
  });

  test('what was sent before stopping is sent', async () => {
    const ours = await world.listen();
    const theirs = await world.listen();
    for (let at = 0; at < 50; at++) theirs.transport.sendPacket(ours.address, packet(at));
    await theirs.transport.stop();
    await until('all packets', () => ours.packets.length === 50);
  });

  test('an address it cannot reach does no harm', async () => {
    const ours = await world.listen();
    ours.transport.sendPacket({ host: '::1', port: 9 }, packet(1));
    ours.transport.sendPacket({ host: '127.0.0.1', port: 0 }, packet(1));
    ours.transport.sendPacket({ host: '127.0.0.1', port: 9 }, new Uint8Array(70_000));
    ours.transport.sendPacket(ours.address, packet(1));
    await until('its own packet', () => ours.packets.length);
  });
});
