import { assert } from '@mesh/base';
import { decodeCompress, encodeCompress } from './compress.ts';
import { crc32 } from './crc32.ts';
import { malformed } from './malformed.ts';
import { MESSAGE_TYPE } from './message-type.ts';
import { plainBytes } from './plain-bytes.ts';

/** Type and count of a compound. */
export const COMPOUND_HEADER_BYTES = 2;
/** Length of each part of a compound. */
export const COMPOUND_PART_BYTES = 2;
/** Older peers misread a compound of more parts. */
export const MAX_COMPOUND_PARTS = 127;
/** Type and checksum of a packet with one. */
export const CRC_BYTES = 5;

/** Messages of one packet, however they are wrapped. */
const MAX_PARTS = 1024;
/** Wrappers within wrappers: compress and compound. */
const MAX_DEPTH = 4;
/** All that one packet may decompress to, in all its parts together. Honest packets hold 1400 bytes. */
const MAX_DECOMPRESSED_BYTES = 64 * 1024;
/** Wrappers in one packet: those that hold nothing do not count as parts. */
const MAX_WRAPPERS = 256;

export interface PackOptions {
  /** Compresses where that makes the packet smaller. */
  readonly compress: boolean;
  /** Puts a checksum outermost, for peers that know of it. */
  readonly crc: boolean;
}

/** A packet of messages (with their type bytes), ready to be encrypted (gossip-wire.md 1.2, 1.4, 1.5). */
export function packPacket(parts: readonly Uint8Array[], options: PackOptions): Uint8Array {
  const plain = parts.length === 1 ? parts[0]! : compound(parts);
  let packet = plain;
  if (options.compress) {
    const compressed = encodeCompress(plain);
    if (compressed.length < plain.length) packet = compressed;
  }
  if (!options.crc) return packet;
  const checked = new Uint8Array(packet.length + CRC_BYTES);
  checked[0] = MESSAGE_TYPE.crc;
  const checksum = crc32(packet);
  for (let at = 0; at < 4; at++) checked[1 + at] = checksum >>> (24 - 8 * at);
  checked.set(packet, CRC_BYTES);
  return checked;
}

/**
 * The messages of a decrypted packet, each with its type byte: parts of the input where nothing was
 * compressed. Of a compound that was cut short those that are whole. Throws MeshError `invalid-argument`.
 */
export function unpackPacket(packet: Uint8Array): readonly Uint8Array[] {
  const unpacker = new Unpacker();
  unpacker.unwrap(withoutCrc(plainBytes(packet)), 0);
  return unpacker.parts;
}

function compound(parts: readonly Uint8Array[]): Uint8Array {
  assert(parts.length > 0 && parts.length <= MAX_COMPOUND_PARTS, 'parts of a compound');
  const header = COMPOUND_HEADER_BYTES + COMPOUND_PART_BYTES * parts.length;
  let size = header;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(size);
  bytes[0] = MESSAGE_TYPE.compound;
  bytes[1] = parts.length;
  let place = COMPOUND_HEADER_BYTES;
  let at = header;
  for (const part of parts) {
    assert(part.length > 0 && part.length <= 0xffff, 'a part of a compound');
    bytes[place++] = part.length >> 8;
    bytes[place++] = part.length & 0xff;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function withoutCrc(packet: Uint8Array): Uint8Array {
  if (packet.length < CRC_BYTES || packet[0] !== MESSAGE_TYPE.crc) return packet;
  const checksum = crc32(packet, CRC_BYTES);
  for (let at = 0; at < 4; at++) {
    if (packet[1 + at] !== ((checksum >>> (24 - 8 * at)) & 0xff))
      throw malformed('a wrong checksum');
  }
  return packet.subarray(CRC_BYTES);
}

/** Takes one packet apart, within limits that hold for all of it. */
class Unpacker {
  readonly parts: Uint8Array[] = [];
  private wrappers = 0;
  private roomBytes = MAX_DECOMPRESSED_BYTES;

  unwrap(message: Uint8Array, depth: number): void {
    if (message.length === 0) throw malformed('an empty message');
    const type = message[0];
    if (type !== MESSAGE_TYPE.compound && type !== MESSAGE_TYPE.compress) {
      if (this.parts.length === MAX_PARTS) throw malformed(`more than ${MAX_PARTS} messages`);
      this.parts.push(message);
      return;
    }
    if (depth === MAX_DEPTH) throw malformed('messages nested too deeply');
    if (++this.wrappers > MAX_WRAPPERS) throw malformed(`more than ${MAX_WRAPPERS} wrappers`);
    if (type === MESSAGE_TYPE.compound) {
      this.unwrapCompound(message, depth);
    } else {
      const inner = decodeCompress(message, this.roomBytes);
      this.roomBytes -= inner.length;
      this.unwrap(inner, depth + 1);
    }
  }

  private unwrapCompound(message: Uint8Array, depth: number): void {
    const count = message[1];
    if (count === undefined) throw malformed('a compound without its count');
    let at = COMPOUND_HEADER_BYTES + COMPOUND_PART_BYTES * count;
    if (at > message.length) throw malformed('a compound without its lengths');
    for (let index = 0; index < count; index++) {
      const place = COMPOUND_HEADER_BYTES + COMPOUND_PART_BYTES * index;
      const length = (message[place]! << 8) | message[place + 1]!;
      if (at + length > message.length) return;
      if (length > 0) this.unwrap(message.subarray(at, at + length), depth + 1);
      at += length;
    }
  }
}
