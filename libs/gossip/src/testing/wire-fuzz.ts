import { performance } from 'node:perf_hooks';
import { MeshError } from '@mesh/base';
import { encodeCompress } from '../wire/compress.ts';
import { decodeCoordinate, encodeCoordinate } from '../wire/coordinate-payload.ts';
import { crc32 } from '../wire/crc32.ts';
import { compressLzw, decompressLzw } from '../wire/lzw.ts';
import { packPacket, unpackPacket } from '../wire/packet.ts';
import { decodePacketMessage, encodePacketMessage } from '../wire/packet-message.ts';
import { decodeFilter, encodeFilter } from '../wire/query-filter.ts';
import { decodeSerf, encodeSerf } from '../wire/serf-codec.ts';
import { decodeStream, encodeStream } from '../wire/stream.ts';
import { StreamScanner } from '../wire/stream-scanner.ts';
import { decodeTags, encodeTags } from '../wire/tags.ts';
import { anyValue, Dice, mutate } from './mutate.ts';
import { plaintextOf, type RecordedPacket, toHex } from './recorded-packets.ts';

/** What came of one input. */
export interface FuzzOutcome {
  readonly kind: FuzzKind;
  readonly inputBytes: number;
  /** Whether anything in it could be decoded. */
  readonly isAccepted: boolean;
  /** Time in decoders, and of what they accepted in encoders. */
  readonly decodeMs: number;
}

export type FuzzKind = 'packet' | 'stream' | 'serf' | 'compressed' | 'bomb';

/** All that a packet may hold besides itself. */
const MAX_UNPACKED_BYTES = 64 * 1024;

/**
 * Feeds damaged messages to every decoder. Each must answer or throw MeshError `invalid-argument`, and what it
 * answers must encode and decode again to the same.
 */
export class WireFuzz {
  private readonly packets: readonly Uint8Array[];
  /** Single messages, out of their wrappers. */
  private readonly parts: readonly Uint8Array[];
  private readonly streams: readonly Uint8Array[];
  private readonly bodies: readonly Uint8Array[];
  private readonly dice: Dice;

  constructor(recorded: readonly RecordedPacket[], seed: number) {
    this.dice = new Dice(seed);
    const isPacket = ({ transport }: RecordedPacket) => transport === 'udp';
    this.packets = recorded.filter(isPacket).map(plaintextOf);
    this.parts = this.packets.flatMap((packet) => unpackPacket(packet));
    this.streams = recorded.filter((each) => !isPacket(each)).map(plaintextOf);
    const plain = this.streams.map((stream) => encodeStream(decodeStream(stream), false));
    this.streams = [...this.streams, ...plain];
    this.bodies = [...bodiesOf(this.parts), ...statesOf(this.streams)];
  }

  /** Makes an input and decodes it. Throws Error with the input when anything is amiss. */
  next(): FuzzOutcome {
    const kind = this.kind();
    const input = this.input(kind);
    try {
      const startedMs = performance.now();
      const isAccepted = this.decode(kind, input);
      const decodeMs = performance.now() - startedMs;
      return { kind, inputBytes: input.length, isAccepted, decodeMs };
    } catch (cause) {
      const hex = toHex(input.subarray(0, 4000));
      throw new Error(`${kind} ${hex}: ${cause}`, { cause });
    }
  }

  private kind(): FuzzKind {
    const roll = this.dice.roll(1000);
    if (roll < 500) return 'packet';
    if (roll < 680) return 'stream';
    if (roll < 880) return 'serf';
    return roll < 998 ? 'compressed' : 'bomb';
  }

  private input(kind: FuzzKind): Uint8Array {
    const { dice } = this;
    switch (kind) {
      case 'packet':
        return dice.roll(2) ? this.wrapped() : this.mutated(this.packets);
      case 'stream':
        return dice.roll(8)
          ? this.mutated(this.streams)
          : encodeCompress(this.mutated(this.streams));
      case 'serf':
        return dice.roll(8) ? this.mutated(this.bodies) : this.nonsense(10);
      case 'compressed':
        return mutate(compressLzw(dice.pick(this.parts)), dice, dice.pick(this.parts));
      case 'bomb':
        return this.bomb();
    }
  }

  private mutated(from: readonly Uint8Array[]): Uint8Array {
    return mutate(this.dice.pick(from), this.dice, this.dice.pick(from));
  }

  /** A type byte and any MessagePack. */
  private nonsense(types: number): Uint8Array {
    return Uint8Array.of(this.dice.roll(types), ...anyValue(this.dice, 6));
  }

  /** Damaged messages in sound wrappers, a few deep: the damage must be met behind them. */
  private wrapped(): Uint8Array {
    const { dice } = this;
    let bytes = dice.roll(6) ? this.mutated(this.parts) : this.nonsense(14);
    for (let left = dice.roll(4); left > 0; left--) {
      if (dice.roll(2)) {
        bytes = encodeCompress(bytes);
      } else if (bytes.length > 0) {
        const parts = [bytes, dice.pick(this.parts), bytes];
        bytes = packPacket(parts, { compress: false, crc: false });
      }
    }
    if (dice.roll(3)) return bytes;
    return Uint8Array.of(
      12,
      ...Buffer.from(crc32(bytes).toString(16).padStart(8, '0'), 'hex'),
      ...bytes,
    );
  }

  /** Little that decompresses to much, also by way of many parts, or claims many elements. */
  private bomb(): Uint8Array {
    const { dice } = this;
    const filler = new Uint8Array(1 << (12 + dice.roll(11))).fill(
      dice.pick([0, 7, 9, 0x81, 0x90, 0x91, 0xc0]),
    );
    // Behind the type byte any value, or a field of no known name that is nothing but containers.
    const start = dice.roll(2) ? anyValue(dice, 3) : [0x81, 0xa1, 0x78];
    if (dice.roll(2))
      filler.set([...dice.pick([[2], [4], [6], [7], [8, 2], [8, 4], [8, 9]]), ...start]);
    let bytes = encodeCompress(filler);
    for (let left = dice.roll(3); left > 0; left--) {
      const room = Math.floor(60_000 / Math.max(1, bytes.length));
      const count = Math.max(1, Math.min(127, room));
      if (bytes.length > 60_000) break;
      const parts = new Array<Uint8Array>(count).fill(bytes);
      bytes = encodeCompress(packPacket(parts, { compress: false, crc: false }));
    }
    return bytes;
  }

  /** Whether anything in the input was accepted. */
  private decode(kind: FuzzKind, input: Uint8Array): boolean {
    switch (kind) {
      case 'serf':
        return checkSerf(input);
      case 'stream':
        return this.checkStream(input);
      case 'compressed':
        return attempt(() => decompressLzw(input, MAX_UNPACKED_BYTES)) !== undefined;
      case 'bomb': {
        const isStream = this.checkStream(input);
        return checkPacket(input) || isStream;
      }
      case 'packet':
        return checkPacket(input);
    }
  }

  private checkStream(input: Uint8Array): boolean {
    const found = this.scan(input);
    const message = attempt(() => decodeStream(input));
    if (!message) return false;
    if (!found) throw new Error('the end of a sound stream was not found');
    const again = encodeStream(message, false);
    expectSame(encodeStream(decodeStream(again), false), again);
    expectSame(encodeStream(decodeStream(found), false), again);
    if (message.kind === 'pushPull') {
      for (const { meta } of message.nodes) checkTags(meta);
      checkSerf(message.userState);
    }
    if (message.kind === 'user') checkSerf(message.body);
    return true;
  }

  /** Offers the input in pieces; undefined where it is refused, or more is wanted. */
  private scan(input: Uint8Array): Uint8Array | undefined {
    const scanner = new StreamScanner();
    let found: Uint8Array | undefined;
    attempt(() => {
      for (let at = 0; at < input.length && !found; ) {
        const size = 1 + this.dice.roll(this.dice.roll(4) ? 1 + (input.length >> 2) : 16);
        found = scanner.push(input.subarray(at, at + size));
        at += size;
      }
      return true;
    });
    return found;
  }
}

function bodiesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  return parts.flatMap((part) => {
    const message = decodePacketMessage(part);
    return message.kind === 'user' ? [message.body] : [];
  });
}

function statesOf(streams: readonly Uint8Array[]): Uint8Array[] {
  return streams.flatMap((stream) => {
    const message = decodeStream(stream);
    return message.kind === 'pushPull' ? [message.userState] : [];
  });
}

function checkPacket(input: Uint8Array): boolean {
  const parts = attempt(() => unpackPacket(input));
  if (!parts) return false;
  const size = parts.reduce((total, part) => total + part.length, 0);
  if (size > input.length + MAX_UNPACKED_BYTES) throw new Error(`${size} bytes unpacked`);
  return parts.filter(checkPart).length > 0;
}

function checkPart(part: Uint8Array): boolean {
  const message = attempt(() => decodePacketMessage(part));
  if (!message) return false;
  const again = encodePacketMessage(message);
  expectSame(encodePacketMessage(decodePacketMessage(again)), again);
  if (message.kind === 'alive') checkTags(message.meta);
  if (message.kind === 'user') checkSerf(message.body);
  if (message.kind === 'ack' && message.payload) {
    const { payload } = message;
    const coordinate = attempt(() => decodeCoordinate(payload));
    if (coordinate) decodeCoordinate(encodeCoordinate(coordinate));
  }
  return true;
}

function checkTags(meta: Uint8Array): void {
  const tags = attempt(() => decodeTags(meta));
  if (!tags) return;
  const again = encodeTags(tags);
  expectSame(encodeTags(decodeTags(again)), again);
}

function checkSerf(body: Uint8Array): boolean {
  const message = attempt(() => decodeSerf(body));
  if (!message) return false;
  const again = encodeSerf(message);
  expectSame(encodeSerf(decodeSerf(again)), again);
  if (message.kind === 'relay') attempt(() => decodeSerf(message.body));
  if (message.kind === 'query') {
    for (const bytes of message.filters) {
      const filter = attempt(() => decodeFilter(bytes));
      if (filter)
        expectSame(encodeFilter(decodeFilter(encodeFilter(filter))!), encodeFilter(filter));
    }
  }
  return true;
}

/** The result, or undefined where the input is refused in the agreed way; anything else goes on. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (thrown) {
    if (thrown instanceof MeshError && thrown.code === 'invalid-argument') return undefined;
    throw thrown;
  }
}

function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) !== 0)
    throw new Error(`${toHex(actual)} again, not ${toHex(expected)}`);
}
