/** Bounds on what a peer may make a member do (gossip-wire.md section 9). */
import { MeshError } from '@mesh/base';
import { decodeCompress, encodeCompress } from './compress.ts';
import { decodeCoordinate } from './coordinate-payload.ts';
import type { AliveMessage, PushPullMessage } from './messages.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import { packPacket, unpackPacket } from './packet.ts';
import { decodePacketMessage, encodePacketMessage } from './packet-message.ts';
import { decodeSerf } from './serf-codec.ts';
import { decodeStream, encodeStream, MAX_STREAM_BYTES } from './stream.ts';
import { StreamScanner } from './stream-scanner.ts';
import { decodeTags } from './tags.ts';

const PLAIN = { compress: false, crc: false };
const ping = encodePacketMessage({ kind: 'ping', seqNo: 1, node: 'n' });
const fails = (run: () => unknown) => expect(run).toThrow(MeshError);
const alive: AliveMessage = {
  ...{ kind: 'alive', incarnation: 1, node: 'n', host: '10.0.0.1', port: 7946 },
  ...{ meta: new Uint8Array(512), versions: [1, 5, 2, 2, 5, 4] },
};
const state: PushPullMessage = {
  ...{ kind: 'pushPull', join: true, nodes: [], userState: new Uint8Array(3) },
};

describe('packets', () => {
  it('that are empty, or hold nothing', () => {
    fails(() => unpackPacket(new Uint8Array()));
    fails(() => unpackPacket(encodeCompress(new Uint8Array())));
    fails(() => unpackPacket(Uint8Array.of(12, 0, 0, 0, 0)));
    fails(() => unpackPacket(Uint8Array.of(7)));
    expect(unpackPacket(Uint8Array.of(7, 0))).toEqual([]);
    fails(() => decodePacketMessage(new Uint8Array()));
  });

  it('with a wrong checksum', () => {
    const packet = packPacket([ping], { compress: false, crc: true });
    expect(unpackPacket(packet)).toEqual([ping]);
    packet[packet.length - 1]! ^= 1;
    fails(() => unpackPacket(packet));
  });

  it('that were cut short: the parts that are whole', () => {
    const packet = packPacket([ping, ping, ping], PLAIN);
    expect(unpackPacket(packet.subarray(0, packet.length - 1))).toEqual([ping, ping]);
    fails(() => unpackPacket(packet.subarray(0, 6)));
  });

  it('in wrappers within wrappers: four', () => {
    let packet = ping;
    for (let depth = 0; depth < 4; depth++) packet = encodeCompress(packet);
    expect(unpackPacket(packet)).toEqual([ping]);
    fails(() => unpackPacket(encodeCompress(packet)));
    let compound = ping;
    for (let depth = 0; depth < 4; depth++) compound = packPacket([compound, ping], PLAIN);
    expect(unpackPacket(compound)).toHaveLength(5);
    fails(() => unpackPacket(packPacket([compound, ping], PLAIN)));
  });

  it('that decompress to much: 64 KiB, all parts together', () => {
    const kib32 = encodeCompress(new Uint8Array(32 * 1024));
    expect(unpackPacket(packPacket([kib32, kib32], PLAIN))).toHaveLength(2);
    fails(() => unpackPacket(packPacket([kib32, kib32, encodeCompress(ping)], PLAIN)));
    fails(() => unpackPacket(encodeCompress(new Uint8Array(64 * 1024 + 1))));
  });

  it('of wrappers that hold nothing', () => {
    const hollow = new Array<Uint8Array>(127).fill(packPacket([Uint8Array.of(7, 0), ping], PLAIN));
    fails(() =>
      unpackPacket(packPacket([packPacket(hollow, PLAIN), packPacket(hollow, PLAIN)], PLAIN)),
    );
  });

  it('of more than 1024 messages', () => {
    const many = packPacket(new Array<Uint8Array>(127).fill(Uint8Array.of(1)), PLAIN);
    const packet = (count: number) => packPacket(new Array<Uint8Array>(count).fill(many), PLAIN);
    expect(unpackPacket(packet(8))).toHaveLength(1016);
    fails(() => unpackPacket(packet(9)));
  });

  it('are compressed only where that helps', () => {
    const options = { compress: true, crc: false };
    expect(packPacket([ping], options)).toEqual(ping);
    const long = encodePacketMessage({ kind: 'user', body: new Uint8Array(500) });
    expect(packPacket([long], options).length).toBeLessThan(100);
    expect(unpackPacket(packPacket([long, ping], options))).toEqual([long, ping]);
  });
});

describe('messages', () => {
  it('with tags of 512 bytes, not more', () => {
    expect(decodePacketMessage(encodePacketMessage(alive))).toEqual(alive);
    fails(() => decodePacketMessage(encodePacketMessage({ ...alive, meta: new Uint8Array(513) })));
  });

  it('with a name of 1024 characters, not more', () => {
    const named = (length: number) => encodePacketMessage({ ...alive, node: 'n'.repeat(length) });
    expect(decodePacketMessage(named(1024))).toMatchObject({ kind: 'alive' });
    fails(() => decodePacketMessage(named(1025)));
  });

  it('without an address or versions, and again', () => {
    const bare = encodePacketMessage({ ...alive, host: '', meta: new Uint8Array() });
    expect(decodePacketMessage(bare)).toMatchObject({ host: '', meta: new Uint8Array() });
    const none = encodePacketMessage({ ...alive, versions: undefined });
    expect(decodePacketMessage(none)).toMatchObject({ versions: undefined });
    fails(() => decodePacketMessage(Uint8Array.of(4, 0x81, 0xa4, ...Buffer.from('Addr'), 0xa1, 1)));
  });

  it('of types that no packet carries', () => {
    for (const type of [6, 7, 9, 10, 12, 13, 14, 244]) {
      fails(() => decodePacketMessage(Uint8Array.of(type, 0x80)));
    }
  });

  it('keep their bytes when the packet is written over', () => {
    const packet = encodePacketMessage({ ...alive, meta: Uint8Array.of(1, 2, 3) });
    const message = decodePacketMessage(Buffer.from(packet.buffer, 0, packet.length));
    packet.fill(0);
    expect(message).toMatchObject({ meta: Uint8Array.of(1, 2, 3) });
  });

  it('with coordinates of more dimensions than anybody has', () => {
    const payload = (size: number) =>
      new MsgpackWriter().byte(1).map(1).text('Vec').array(size).append(new Uint8Array(size));
    expect(decodeCoordinate(payload(32).finish())?.Vec).toHaveLength(32);
    fails(() => decodeCoordinate(payload(33).finish()));
    expect(decodeCoordinate(Uint8Array.of(2, 0xc1))).toBeUndefined();
  });

  it('of another compression', () => {
    const other = new MsgpackWriter().byte(9).map(2).text('Algo').int(1).text('Buf').raw(ping);
    fails(() => decodeCompress(other.finish(), 100));
  });
});

describe('streams', () => {
  const header = (nodes: number, userState: number) =>
    new MsgpackWriter()
      .byte(6)
      .map(3)
      .text('Join')
      .bool(false)
      .text('Nodes')
      .int(nodes)
      .text('UserStateLen')
      .int(userState)
      .finish();

  it('that claim too many nodes, or too long a state', () => {
    expect(new StreamScanner().push(header(65_536, 20 * 2 ** 20))).toBeUndefined();
    fails(() => new StreamScanner().push(header(65_537, 0)));
    fails(() => new StreamScanner().push(header(0, 20 * 2 ** 20 + 1)));
    fails(() => decodeStream(header(65_537, 0)));
    fails(() => decodeStream(header(1000, 0)));
    fails(() => decodeStream(header(0, 1)));
  });

  it('that are compressed twice, or to nothing', () => {
    const once = encodeStream(state, true);
    expect(decodeStream(once)).toEqual(state);
    fails(() => decodeStream(encodeCompress(once)));
    fails(() => decodeStream(encodeCompress(new Uint8Array())));
    fails(() => decodeStream(new Uint8Array()));
  });

  it('that decompress to over 40 MiB', () => {
    const bomb = (tables: number) =>
      decodeCompress(compressMessage(zeros(tables)), MAX_STREAM_BYTES).length;
    expect(bomb(5)).toBeGreaterThan(MAX_STREAM_BYTES * 0.8);
    fails(() => bomb(6));
    fails(() => decodeStream(compressMessage(zeros(6))));
  });

  /** Zeros, as many as can be said in some tables full of codes: 7.3 million each. */
  function zeros(tables: number): Uint8Array {
    const bytes: number[] = [];
    let bits = 0;
    let count = 0;
    const emit = (code: number, width: number) => {
      bits |= code << count;
      for (count += width; count >= 8; count -= 8) {
        bytes.push(bits & 255);
        bits >>>= 8;
      }
    };
    for (let table = 0; table < tables; table++) {
      emit(0, 9);
      for (let code = 258; code < 4095; code++) emit(code, 32 - Math.clz32(code));
      emit(256, 12);
    }
    emit(257, 9);
    return Uint8Array.of(...bytes, bits);
  }

  function compressMessage(buffer: Uint8Array): Uint8Array {
    const writer = new MsgpackWriter().byte(9).map(2).text('Algo').int(0).text('Buf');
    return writer.raw(buffer).finish();
  }

  it('of types that no stream has', () => {
    for (const type of [1, 3, 4, 5, 7, 10, 11, 12, 14, 244]) {
      fails(() => new StreamScanner().push(Uint8Array.of(type)));
      fails(() => decodeStream(Uint8Array.of(type, 0x80)));
    }
  });

  it('that never end, in pieces', () => {
    const scanner = new StreamScanner();
    const piece = new Uint8Array(2 ** 20).fill(0xc0);
    expect(scanner.push(Uint8Array.of(6, 0xdf, 0xff, 0xff, 0xff, 0xff))).toBeUndefined();
    fails(() => {
      for (let mib = 0; mib <= 40; mib++) expect(scanner.push(piece)).toBeUndefined();
    });
  });

  it('that claim a value beyond the limit', () => {
    fails(() => new StreamScanner().push(Uint8Array.of(9, 0xdb, 0xff, 0xff, 0xff, 0xff)));
  });

  it('that nest containers by the thousand', () => {
    fails(() => new StreamScanner().push(Uint8Array.of(6, ...new Array(1000).fill(0x91))));
  });

  it('are found with more behind them, which is left out', () => {
    const bytes = encodeStream(state, false);
    expect(new StreamScanner().push(Uint8Array.of(...bytes, 1, 2))).toEqual(bytes);
  });
});

describe('serf messages', () => {
  const nils = (size: number) => new Uint8Array(size).fill(0xc0);
  const pushPull = (field: string, list: (writer: MsgpackWriter) => MsgpackWriter) =>
    list(new MsgpackWriter().byte(2).map(1).text(field)).finish();

  it('with Lamport times of 2^53', () => {
    const join = (time: readonly number[]) =>
      Uint8Array.of(1, 0x81, 0xa5, ...Buffer.from('LTime'), 0xcf, ...time);
    expect(decodeSerf(join([0, 0x1f, 255, 255, 255, 255, 255, 255]))).toMatchObject({
      lamportTime: Number.MAX_SAFE_INTEGER,
    });
    fails(() => decodeSerf(join([0, 0x20, 0, 0, 0, 0, 0, 0])));
  });

  it('with more slots, events or members than anybody has', () => {
    const slots = (size: number) =>
      pushPull('Events', (writer) => writer.array(size).append(nils(size)));
    expect(decodeSerf(slots(4096))).toMatchObject({ kind: 'pushPull' });
    fails(() => decodeSerf(slots(4097)));
    const events = pushPull('Events', (writer) => {
      writer.array(5);
      for (let slot = 0; slot < 5; slot++) {
        writer.map(1).text('Events').array(4096).append(nils(4096));
      }
      return writer;
    });
    fails(() => decodeSerf(events));
    const left = (size: number) =>
      pushPull('LeftMembers', (writer) => writer.array(size).append(nils(size)));
    expect(decodeSerf(left(1000))).toMatchObject({ leftMembers: { length: 1000 } });
    fails(() => decodeSerf(left(131_073)));
    fails(() =>
      decodeSerf(pushPull('StatusLTimes', (writer) => writer.map(131_073).append(nils(262_146)))),
    );
  });

  it('with more filters or tags', () => {
    const filters = new MsgpackWriter().byte(4).map(1).text('Filters').array(4097);
    fails(() => decodeSerf(filters.append(nils(4097)).finish()));
    const tags = new MsgpackWriter()
      .byte(6)
      .map(1)
      .text('Tags')
      .map(257)
      .append(nils(514))
      .finish();
    fails(() => decodeSerf(tags));
    fails(() => decodeTags(new MsgpackWriter().byte(255).map(257).append(nils(514)).finish()));
  });

  it('that are empty or of no known type', () => {
    fails(() => decodeSerf(new Uint8Array()));
    fails(() => decodeSerf(Uint8Array.of(10, 0x80)));
  });

  it('with tags named as what objects inherit', () => {
    const meta = new MsgpackWriter().byte(255).map(1).text('__proto__').text('x').finish();
    expect(Object.entries(decodeTags(meta))).toEqual([['__proto__', 'x']]);
    expect(decodeTags(meta)['constructor']).toBeUndefined();
  });

  it('keep their payloads when the packet is written over', () => {
    const event = new MsgpackWriter().byte(3).map(1).text('Payload').raw(Uint8Array.of(7)).finish();
    const message = decodeSerf(Buffer.from(event.buffer, 0, event.length));
    event.fill(0);
    expect(message).toMatchObject({ payload: Uint8Array.of(7) });
  });
});
