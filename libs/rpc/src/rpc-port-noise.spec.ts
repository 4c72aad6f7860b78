import { encodeCall, encodeCancel } from './calls/call-codec.ts';
import { encodeBody } from './calls/plain-data.ts';
import { encodeMessages } from './raft/message-codec.ts';
import { encodeChunk, encodeEnd, encodeOffer } from './raft/snapshot-codec.ts';
import { METHODS } from './stream/protocol.ts';
import { liveHeapBytes } from './testing/live-heap.ts';
import { append, heartbeat, RaftRig } from './testing/raft-rig.ts';
import { noise, RawStreams, rawSocket } from './testing/raw-streams.ts';
import { address, until } from './testing/rpc-rig.ts';

const settings = { timeoutMs: 5000 };
const metadata = { 'mesh-protocol': '1', 'mesh-from': 'a' };
const FRAMES_PER_METHOD = 2500;

/** Frames as they should be, for each method. */
const SOUND: Readonly<Record<keyof typeof METHODS, readonly Buffer[]>> = {
  calls: [
    encodeCall(1, 1000, 'Test.Echo', encodeBody({ key: 'k', value: Buffer.alloc(50), list: [1] })),
    encodeCancel(1),
  ],
  control: [encodeMessages('a', 'b', [heartbeat('a', 'b', 17.5), heartbeat('a', 'b', 18)])],
  bulk: [encodeMessages('a', 'b', [append('a', 'b', 300, [Buffer.alloc(40), Buffer.alloc(3)])])],
  snapshot: [
    encodeOffer({
      term: 1,
      from: 'a',
      to: 'b',
      sizeBytes: 20,
      position: { index: 5, term: 1, configurationIndex: 1, configuration: { servers: [] } },
    }),
    encodeChunk(Buffer.alloc(20)),
    encodeEnd(20),
  ],
};

/** The frame with one to four bytes changed, or cut short, or doubled. */
function mutant(frame: Buffer, seed: number): Buffer {
  const dice = noise(seed, 12);
  let bytes = Buffer.from(frame);
  const roll = (at: number) => dice[at] as number;
  for (let change = 0; change < 1 + (roll(0) % 4); change += 1) {
    bytes[roll(1 + change) % bytes.length] = roll(5 + change);
  }
  if (roll(9) < 40) bytes = bytes.subarray(0, roll(10) % bytes.length);
  if (roll(9) > 220) bytes = Buffer.concat([bytes, bytes]);
  return bytes;
}

describe('noise on the RPC port', () => {
  let rig: RaftRig;
  beforeEach(() => {
    rig = new RaftRig();
  });
  afterEach(() => rig.stop());

  it('of 10,000 mutated frames ends streams, and nothing else', async () => {
    const end = await rig.end('b');
    end.onMessage = () => undefined;
    end.onSnapshot = async (_offer, chunks) => {
      for await (const _ of chunks);
      return { term: 1, installed: true };
    };
    const streams = new RawStreams(end.server);
    const heapBefore = liveHeapBytes();
    for (const [name, method] of Object.entries(METHODS)) {
      const sound = SOUND[name as keyof typeof METHODS];
      for (let seed = 1; seed <= FRAMES_PER_METHOD; ) {
        const { stream, end: over } = streams.open(method, metadata);
        stream.resume();
        for (let count = 0; count < 8; count += 1, seed += 1) {
          stream.write(mutant(sound[seed % sound.length] as Buffer, seed));
        }
        stream.end();
        await over;
      }
    }
    streams.close();
    expect(end.metrics.of('rpc.malformed_frame')).toBeGreaterThan(800);
    const open = (end.server as unknown as { streams: Set<unknown> }).streams;
    await until(() => open.size === 0);
    expect(liveHeapBytes() - heapBefore).toBeLessThan(20 * 1024 * 1024);
    expect(await rig.client().call(end.address, 'X', null, settings)).toBeNull();
  });

  it('of bytes that are not HTTP/2 closes connections, and nothing else', async () => {
    const server = await rig.server(async () => 'still here');
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const closed: Promise<void>[] = [];
    for (let seed = 1; seed <= 60; seed += 1) {
      const raw = await rawSocket(server);
      closed.push(raw.closed);
      if (seed % 2 === 0) raw.socket.write(preface);
      raw.socket.write(noise(seed, 5000));
      if (seed % 5 === 0) raw.socket.resetAndDestroy();
      else if (seed % 3 === 0) raw.socket.end();
    }
    await Promise.all(closed);
    expect(await rig.client().call(address(server), 'X', null, settings)).toBe('still here');
  });
});
