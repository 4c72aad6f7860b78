import { MeshError } from '@mesh/base';
import type {
  Message,
  SnapshotOffer,
  SnapshotOutcome,
  Transport,
  TransportHandler,
} from '@mesh/raft';
import type { EventLoop } from './event-loop.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimPlatform } from './sim-platform.ts';

/** What the network does to messages. */
export interface NetworkSettings {
  lossRatio: number;
  duplicateRatio: number;
  /** Usual longest delay, milliseconds. */
  delayMs: number;
  /** Share of messages that take much longer, and how much. */
  stragglerRatio: number;
  stragglerMs: number;
}

interface Endpoint {
  readonly platform: SimPlatform;
  handler: TransportHandler | undefined;
}

/** A network between servers that loses, delays, doubles and reorders, and can be cut. */
export class SimNetwork {
  readonly settings: NetworkSettings = {
    lossRatio: 0,
    duplicateRatio: 0,
    delayMs: 5,
    stragglerRatio: 0,
    stragglerMs: 500,
  };
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly cuts = new Set<string>();
  private readonly slow = new Map<string, number>();
  private readonly loop: EventLoop;
  private readonly random: SeededRandom;

  constructor(loop: EventLoop, random: SeededRandom) {
    this.loop = loop;
    this.random = random;
  }

  /** The network as one life of a server uses it. */
  transport(id: string, platform: SimPlatform): Transport {
    const endpoint: Endpoint = { platform, handler: undefined };
    this.endpoints.set(id, endpoint);
    return {
      attach: (handler) => {
        endpoint.handler = handler;
      },
      setPeers: () => {},
      send: (message) => {
        if (platform.alive) this.send(message);
      },
      sendSnapshot: (offer, chunks, signal) => this.sendSnapshot(platform, offer, chunks, signal),
    };
  }

  /** No message of `from` reaches `to` any more. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from} ${to}`);
  }

  /** Messages of `from` to `to` take this much longer, milliseconds. */
  slowDown(from: string, to: string, ms: number): void {
    this.slow.set(`${from} ${to}`, ms);
  }

  healAll(): void {
    this.cuts.clear();
    this.slow.clear();
  }

  /** Tells others that the process of a server is gone, as a refused connection does. */
  tellGone(id: string): void {
    for (const [other, { platform, handler }] of this.endpoints) {
      if (other === id || !this.isOpen(id, other)) continue;
      platform.schedule(this.random.between(1, 20), () => {
        if (!this.endpoints.get(id)?.platform.alive) handler?.peerGone(id);
      });
    }
  }

  private isOpen(from: string, to: string): boolean {
    return !this.cuts.has(`${from} ${to}`);
  }

  private send(message: Message): void {
    const { lossRatio, duplicateRatio } = this.settings;
    if (this.random.chance(lossRatio)) return;
    this.deliver(message);
    if (this.random.chance(duplicateRatio)) this.deliver(message);
  }

  private deliver(message: Message): void {
    const slowMs = this.slow.get(`${message.from} ${message.to}`) ?? 0;
    this.loop.schedule(slowMs + this.delayMs(), () => {
      const target = this.endpoints.get(message.to);
      if (!target || !this.isOpen(message.from, message.to)) return;
      target.platform.schedule(0, () => target.handler?.receive(message));
    });
  }

  private delayMs(): number {
    const { delayMs, stragglerRatio, stragglerMs } = this.settings;
    const isLate = this.random.chance(stragglerRatio);
    return this.random.between(0.1, isLate ? stragglerMs : delayMs);
  }

  private sendSnapshot(
    sender: SimPlatform,
    offer: SnapshotOffer,
    chunks: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<SnapshotOutcome> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new MeshError('unavailable', why));
      this.loop.schedule(this.delayMs(), () => {
        const target = this.endpoints.get(offer.to);
        const handler = target?.handler;
        if (!target?.platform.alive || !handler) return fail('nobody there');
        const isBroken = () =>
          signal.aborted || !sender.alive || !this.isOpen(offer.from, offer.to);
        this.watchConnection(target.platform, () => fail('the peer is gone'));
        const slow = this.slowed(target.platform, chunks, isBroken);
        handler.receiveSnapshot(offer, slow).then(
          (outcome) => {
            this.loop.schedule(this.delayMs(), () => {
              const arrives = target.platform.alive && this.isOpen(offer.to, offer.from);
              if (arrives && !signal.aborted) resolve(outcome);
              else fail('the answer was lost');
            });
          },
          (error) => fail(String(error)),
        );
      });
    });
  }

  /** The connection breaks when the process at its other end dies. */
  private watchConnection(platform: SimPlatform, onGone: () => void, looks = 200): void {
    if (!platform.alive) onGone();
    else if (looks > 0) {
      this.loop.schedule(50, () => this.watchConnection(platform, onGone, looks - 1));
    }
  }

  private async *slowed(
    platform: SimPlatform,
    chunks: AsyncIterable<Uint8Array>,
    isBroken: () => boolean,
  ): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve) => platform.schedule(this.delayMs(), resolve));
      if (isBroken()) throw new MeshError('unavailable', 'the connection broke');
      yield chunk;
    }
  }
}
