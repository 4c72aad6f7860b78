import { MeshError, type Timers } from '@mesh/base';
import {
  formatAddress,
  type GossipAddress,
  type GossipReceiver,
  type GossipTransport,
  type StreamMessage,
} from '@mesh/gossip';

/** Time of a packet on its way, milliseconds. */
const LATENCY_MS = 1;

/** Carries gossip between transports in this process. */
export class MemoryNetwork {
  /** Datagrams sent so far. */
  packets = 0;
  /** Streams opened so far: from and to, host:port. */
  readonly streams: { readonly from: string; readonly to: string }[] = [];
  private readonly receivers = new Map<string, GossipReceiver>();
  private readonly cut = new Set<string>();
  private readonly timers: Timers;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Nothing gets to or from the host any more, until `heal`. */
  isolate(host: string): void {
    this.cut.add(host);
  }

  heal(host: string): void {
    this.cut.delete(host);
  }

  /** A transport for a member at that address. */
  transport(address: GossipAddress): GossipTransport {
    const own = formatAddress(address);
    return {
      start: async (receiver) => {
        if (this.receivers.has(own)) throw new MeshError('unavailable', `${own} is in use`);
        this.receivers.set(own, receiver);
      },
      stop: async () => void this.receivers.delete(own),
      sendPacket: (to, bytes) => {
        this.packets++;
        const copy = bytes.slice();
        this.timers.after(LATENCY_MS, () => this.reach(address, to)?.packet(copy, address));
      },
      exchange: (to, message, { reply }) => this.exchange(address, to, message, reply),
      packetOverheadBytes: () => 0,
    };
  }

  private async exchange(
    from: GossipAddress,
    to: GossipAddress,
    message: StreamMessage,
    wantsReply: boolean,
  ): Promise<StreamMessage | undefined> {
    this.streams.push({ from: formatAddress(from), to: formatAddress(to) });
    const receiver = this.reach(from, to);
    const address = formatAddress(to);
    if (!receiver) {
      throw new MeshError('unavailable', `dial tcp ${address}: connect: connection refused`);
    }
    const reply = receiver.stream(structuredClone(message), { host: from.host, port: 40_000 });
    if (!wantsReply) return undefined;
    if (!reply) throw new MeshError('unavailable', 'EOF');
    return structuredClone(reply);
  }

  private reach(from: GossipAddress, to: GossipAddress): GossipReceiver | undefined {
    if (this.cut.has(from.host) || this.cut.has(to.host)) return undefined;
    return this.receivers.get(formatAddress(to));
  }
}
