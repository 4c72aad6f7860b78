import { createSocket } from 'node:dgram';
import { silentLogger } from '@mesh/base';
import { encodeStream, packPacket, type StreamMessage } from '@mesh/gossip';
import { until } from '@mesh/testkit';
import fc from 'fast-check';
import { Keyring } from './keyring.ts';
import { MAX_CONNECTIONS_PER_ADDRESS, MAX_PUSH_PULLS } from './limits.ts';
import { hex } from './testing/captured.ts';
import { type Ear, TransportWorld } from './testing/transport-world.ts';

const PING: StreamMessage = { kind: 'ping', seqNo: 7, node: '' };
const ACK: StreamMessage = { kind: 'ack', seqNo: 7, payload: undefined };
const WAIT = { timeoutMs: 5000, reply: true } as const;

let world: TransportWorld;
beforeEach(() => {
  world = new TransportWorld();
});
afterEach(() => world.close());

async function listen(options: Parameters<TransportWorld['listen']>[0] = {}): Promise<Ear> {
  const ear = await world.listen(options);
  ear.answer = () => ACK;
  return ear;
}

/** It still answers. */
async function expectWell(ear: Ear, keyring?: Keyring): Promise<void> {
  const peer = await world.listen(keyring && { keyring });
  expect(await peer.transport.exchange(ear.address, PING, WAIT)).toEqual(ACK);
}

describe('streams', () => {
  test('a slow one is cut off, though it never pauses for long', async () => {
    const ours = await listen({ streamTimeoutMs: 300 });
    const stream = world.dial(ours.address);
    const bytes = encodeStream({ kind: 'user', body: new Uint8Array(1000) }, false);
    let at = 0;
    const drip = setInterval(() => {
      if (stream.isOpen) stream.write(bytes.subarray(at, ++at));
    }, 20);
    await stream.ended;
    clearInterval(drip);
    expect(at).toBeLessThan(100);
    expect(ours.streams).toEqual([]);
  });

  test('one that says nothing is cut off', async () => {
    const ours = await listen({ streamTimeoutMs: 50 });
    expect(await world.dial(ours.address).ended).toHaveLength(0);
  });

  test('one that never reads its reply is cut off', async () => {
    const cut = new Set<string>();
    const logger = { ...silentLogger, warn: (message: string) => void cut.add(message) };
    const ours = await listen({ streamTimeoutMs: 300, logger });
    const body = new Uint8Array(16 * 1024 * 1024);
    ours.answer = () => ({ kind: 'user', body });
    const stream = world.dial(ours.address);
    stream.socket.pause();
    stream.write(encodeStream(PING, false));
    await until('the end of patience', () => cut.has('closed streams that took too long'));
    stream.socket.resume();
    expect((await stream.ended).length).toBeLessThan(body.length);
    ours.answer = () => ACK;
    await expectWell(ours);
  });

  test('claims of lengths far beyond what comes', async () => {
    const keyring = Keyring.of([new Uint8Array(16)]);
    const sealed = await listen({ keyring, streamTimeoutMs: 300 });
    const plain = await listen({ streamTimeoutMs: 300 });
    const before = process.memoryUsage().arrayBuffers;
    const claims = [
      // A user message and a push/pull of 20 MiB, and nodes without end.
      '0881aa557365724d73674c656ece01400000',
      '0683a44a6f696ec3a54e6f646573ce00100000ac5573657253746174654c656ece01400000',
      '0683a44a6f696ec3a54e6f646573ceffffffffac5573657253746174654c656e00',
      '0df0'.repeat(20),
      // A raw of 4 GiB, an array of 4 billion.
      '0982a4416c676f00a3427566dbffffffff',
      '0081a1ff'.concat('ddffffffff'),
    ];
    const streams = claims.flatMap((claim) =>
      Array.from({ length: 10 }, () => {
        const stream = world.dial(plain.address);
        stream.write(hex(claim));
        return stream;
      }),
    );
    for (let at = 0; at < 60; at++) {
      const stream = world.dial(sealed.address);
      stream.write(hex('0a01400000'));
      streams.push(stream);
    }
    await until('all', () => (plain.counts.get('memberlist.tcp.accept') ?? 0) === 60);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
    await Promise.all(streams.map(({ ended }) => ended));
    await expectWell(plain);
    await expectWell(sealed, keyring);
  });

  test('garbage of any kind', async () => {
    const plain = await listen({ streamTimeoutMs: 200 });
    const sealed = await listen({
      ...{ keyring: Keyring.of([new Uint8Array(16)]), streamTimeoutMs: 200 },
    });
    const types = fc.constantFrom(0, 2, 6, 7, 8, 9, 10, 13, 22, 71, 244, 255);
    await fc.assert(
      fc.asyncProperty(types, fc.uint8Array({ maxLength: 200 }), async (type, rest) => {
        for (const { address } of [plain, sealed]) {
          const stream = world.dial(address);
          stream.socket.end(new Uint8Array([type, ...rest]));
          await stream.ended;
        }
      }),
      { numRuns: 150 },
    );
    await expectWell(plain);
    await expectWell(sealed, Keyring.of([new Uint8Array(16)]));
  });

  test('no more states at once than the limit; pings still pass', async () => {
    const ours = await listen();
    const half = encodeStream(
      { kind: 'pushPull', join: false, nodes: [], userState: hex('00') },
      false,
    );
    const streams = Array.from({ length: MAX_PUSH_PULLS }, () => world.dial(ours.address));
    for (const stream of streams) stream.write(half.subarray(0, 10));
    await until('all', () => ours.counts.get('memberlist.tcp.accept') === MAX_PUSH_PULLS);
    const late = world.dial(ours.address);
    late.write(half);
    expect(await late.ended).toHaveLength(0);
    expect(ours.streams).toEqual([]);
    await expectWell(ours);
    streams[0]!.socket.destroy();
    await until('a place', async () => {
      const next = world.dial(ours.address);
      next.write(half);
      return (await next.ended).length > 0;
    });
  });

  test('no more connections from one address than the limit', async () => {
    const ours = await listen();
    const streams = Array.from({ length: MAX_CONNECTIONS_PER_ADDRESS }, () =>
      world.dial(ours.address),
    );
    await until(
      'all',
      () => ours.counts.get('memberlist.tcp.accept') === MAX_CONNECTIONS_PER_ADDRESS,
    );
    const late = world.dial(ours.address);
    expect(await late.ended).toHaveLength(0);
    expect(ours.counts.get('memberlist.tcp.accept')).toBe(MAX_CONNECTIONS_PER_ADDRESS);
    for (const stream of streams) stream.socket.destroy();
    await until('a place', () => expectWell(ours).then(() => true));
  });
});

describe('addresses that are not allowed', () => {
  test('are not heard', async () => {
    const ours = await listen({ allowedCidrs: ['10.0.0.0/8', 'fd00::/8'] });
    const open = await listen({ allowedCidrs: ['127.0.0.0/8'] });
    const peer = await world.listen();
    await expect(peer.transport.exchange(ours.address, PING, WAIT)).rejects.toMatchObject({
      code: 'unavailable',
    });
    peer.transport.sendPacket(ours.address, hex('00aa'));
    peer.transport.sendPacket(open.address, hex('00aa'));
    await until('the one that is allowed', () => open.packets.length);
    await expectWell(open);
    expect([ours.packets, ours.streams]).toEqual([[], []]);
  });
});

describe('packets', () => {
  test('that make no sense are dropped, the others come one by one', async () => {
    const ours = await world.listen();
    const peer = await world.listen();
    const parts = [hex('00aa'), hex('0401'), hex('0802'), hex('0503'), hex('02bb')];
    for (const bad of ['', '07', '07ff', '09', '0cffffffff00', 'f4016100aa', '0900ff']) {
      peer.transport.sendPacket(ours.address, hex(bad));
    }
    peer.transport.sendPacket(ours.address, packPacket(parts, { compress: true, crc: true }));
    await until('the parts', () => ours.packets.length === 5);
    const order = ours.packets.map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(order).toEqual(['00aa', '02bb', '0401', '0802', '0503']);
  });

  test('a flood leaves the event loop and other members alone', async () => {
    const ours = await world.listen({ bindAddress: '0.0.0.0' });
    const socket = createSocket('udp4');
    const bytes = new Uint8Array(1400).fill(8);
    let isOn = true;
    const pour = (): void => {
      if (!isOn) return;
      for (let at = 0; at < 100; at++) socket.send(bytes, ours.address.port, '127.0.0.1');
      setImmediate(pour);
    };
    pour();
    await until('the flood', () => ours.packets.length > 4000);
    const startMs = performance.now();
    // Loopback has more than one address: the flood's own allowance is used up, not that of others.
    const peer = createSocket('udp4');
    await new Promise<void>((resolve) => peer.bind(0, '127.0.0.2', resolve));
    const isHeard = () => ours.senders.some(({ host }) => host === '127.0.0.2');
    await until('another', () => {
      peer.send(hex('00aa'), ours.address.port, '127.0.0.1');
      return isHeard();
    });
    expect(performance.now() - startMs).toBeLessThan(5000);
    isOn = false;
    for (const open of [socket, peer]) open.close();
  });
});
