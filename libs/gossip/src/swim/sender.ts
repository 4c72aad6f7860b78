import type { GossipAddress } from '../address.ts';
import type { PacketMessage, StreamMessage } from '../wire/messages.ts';
import {
  COMPOUND_HEADER_BYTES,
  COMPOUND_PART_BYTES,
  CRC_BYTES,
  MAX_COMPOUND_PARTS,
  packPacket,
} from '../wire/packet.ts';
import { encodePacketMessage } from '../wire/packet-message.ts';
import type { BroadcastQueue } from './broadcast-queue.ts';
import type { GossipOutput, SwimNode, SwimOptions } from './types.ts';

/** From this version of memberlist on peers check checksums. */
const CRC_VERSION = 5;
/** A message of the layer above has a type byte besides. */
const USER_TYPE_BYTES = 1;
/** Streams that were asked for and did not end yet. */
export const MAX_STREAMS = 1024;

/** Puts messages into packets, fills the room in them with gossip, and keeps them until they are taken. */
export class Sender {
  private readonly options: SwimOptions;
  private readonly broadcasts: BroadcastQueue;
  private outputs: GossipOutput[] = [];
  private lastStream = 0;

  constructor(options: SwimOptions, broadcasts: BroadcastQueue) {
    this.options = options;
    this.broadcasts = broadcasts;
  }

  take(): GossipOutput[] {
    const { outputs } = this;
    if (outputs.length > 0) this.outputs = [];
    return outputs;
  }

  /** Sends a message with as much gossip as fits beside it. */
  withGossip(to: GossipAddress, message: PacketMessage): void {
    const first = encodePacketMessage(message);
    const room = this.roomBytes() - first.length - COMPOUND_PART_BYTES;
    this.packet(to, [first, ...this.gossip(room)], false);
  }

  /** Sends messages as they are, to a node that is known. */
  toNode(node: SwimNode, messages: readonly PacketMessage[]): void {
    this.packet(node, messages.map(encodePacketMessage), node.versions[1] >= CRC_VERSION);
  }

  /** Sends a message as it is, to an address. */
  bare(to: GossipAddress, message: PacketMessage): void {
    this.packet(to, [encodePacketMessage(message)], false);
  }

  /** Sends a packet full of gossip; false when there is none. */
  gossipTo(node: SwimNode): boolean {
    const parts = this.gossip(this.roomBytes());
    if (parts.length === 0) return false;
    this.packet(node, parts, node.versions[1] >= CRC_VERSION);
    return true;
  }

  /** Asks for a stream; its id comes back with the result. */
  stream(to: GossipAddress, message: StreamMessage, timeoutMs: number): number {
    const id = ++this.lastStream;
    this.outputs.push({ kind: 'stream', id, to: plain(to), message, timeoutMs, reply: true });
    return id;
  }

  /** Membership messages first, then those of the layer above. */
  private gossip(roomBytes: number): readonly Uint8Array[] {
    const own = this.broadcasts.take(COMPOUND_PART_BYTES, roomBytes);
    const used = own.reduce((total, part) => total + part.length + COMPOUND_PART_BYTES, 0);
    const overhead = COMPOUND_PART_BYTES + USER_TYPE_BYTES;
    const theirs = this.options.delegate.takeBroadcasts(overhead, roomBytes - used);
    if (theirs.length === 0) return own;
    return [...own, ...theirs.map((body) => encodePacketMessage({ kind: 'user', body }))];
  }

  private roomBytes(): number {
    const { config, packetOverheadBytes } = this.options;
    const encryption = packetOverheadBytes?.() ?? 0;
    return config.packetBytes - COMPOUND_HEADER_BYTES - CRC_BYTES - encryption;
  }

  private packet(to: GossipAddress, parts: readonly Uint8Array[], crc: boolean): void {
    const compress = this.options.config.compression;
    for (let at = 0; at < parts.length; at += MAX_COMPOUND_PARTS) {
      const bytes = packPacket(parts.slice(at, at + MAX_COMPOUND_PARTS), { compress, crc });
      this.outputs.push({ kind: 'packet', to: plain(to), bytes });
    }
  }
}

function plain({ host, port }: GossipAddress): GossipAddress {
  return { host, port };
}
