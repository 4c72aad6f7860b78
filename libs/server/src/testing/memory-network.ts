import { MeshError } from '@mesh/base';
import type {
  Message,
  SnapshotOffer,
  SnapshotOutcome,
  Transport,
  TransportHandler,
} from '@mesh/raft';

/** Carries the messages of servers in one process. */
export class MemoryNetwork {
  private readonly handlers = new Map<string, TransportHandler>();
  private readonly cut = new Set<string>();

  transport(id: string): Transport {
    return {
      attach: (handler) => void this.handlers.set(id, handler),
      setPeers: () => {},
      send: (message) => this.send(message),
      sendSnapshot: (offer, chunks) => this.sendSnapshot(offer, chunks),
    };
  }

  /** Nothing goes to this server or comes from it. */
  isolate(id: string): void {
    this.cut.add(id);
  }

  heal(id: string): void {
    this.cut.delete(id);
  }

  private send(message: Message): void {
    setImmediate(() => this.reach(message.from, message.to)?.receive(message));
  }

  private async sendSnapshot(
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<SnapshotOutcome> {
    const handler = this.reach(offer.from, offer.to);
    if (!handler) throw new MeshError('unavailable', 'out of reach');
    return handler.receiveSnapshot(offer, chunks);
  }

  private reach(from: string, to: string): TransportHandler | undefined {
    return this.cut.has(from) || this.cut.has(to) ? undefined : this.handlers.get(to);
  }
}
