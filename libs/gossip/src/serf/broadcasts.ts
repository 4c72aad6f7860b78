import { BroadcastQueue } from '../swim/broadcast-queue.ts';
import type { SerfQueues } from './types.ts';

/** Kinds of messages in the order in which they find room in a packet. */
const KINDS = ['intent', 'query', 'event'] as const;

/** What a message is about. */
export type BroadcastKind = (typeof KINDS)[number];

export interface BroadcastOptions {
  /** A message is sent retransmitMult * ceil(log10(n + 1)) times. */
  readonly retransmitMult: number;
  /** The n of it. */
  readonly nodeCount: () => number;
  /** Messages of a kind that are kept, at least. */
  readonly maxDepth: number;
  /** Longest message that a packet can carry, bytes. A longer one would wait for ever. */
  readonly maxBytes: () => number;
}

/** The messages of this layer that wait to ride on gossip. */
export class Broadcasts {
  private readonly options: BroadcastOptions;
  private readonly queues: Readonly<Record<BroadcastKind, BroadcastQueue<string>>>;

  constructor(options: BroadcastOptions) {
    this.options = options;
    const queue = () => new BroadcastQueue<string>(options);
    this.queues = { intent: queue(), query: queue(), event: queue() };
  }

  /** Queues a message; `onDone` when it was sent often enough, or cannot be. */
  queue(kind: BroadcastKind, message: Uint8Array, onDone?: () => void): void {
    if (message.length > this.options.maxBytes()) {
      onDone?.();
      return;
    }
    const queue = this.queues[kind];
    queue.queue(message, undefined, onDone);
    // The limit is looked after now and then; a flood cannot wait for it.
    if (queue.length > 2 * this.limit()) queue.prune(this.limit());
  }

  /** Messages for one packet: each costs its length plus `overheadBytes`, all at most `roomBytes`. */
  take(overheadBytes: number, roomBytes: number): Uint8Array[] {
    let room = roomBytes;
    const taken: Uint8Array[] = [];
    for (const kind of KINDS) {
      for (const message of this.queues[kind].take(overheadBytes, room)) {
        taken.push(message);
        room -= message.length + overheadBytes;
      }
    }
    return taken;
  }

  get isEmpty(): boolean {
    return KINDS.every((kind) => this.queues[kind].length === 0);
  }

  /** Drops the most transmitted where there are more than the limit. */
  prune(): void {
    for (const kind of KINDS) this.queues[kind].prune(this.limit());
  }

  depths(): SerfQueues {
    return {
      intent: this.queues.intent.length,
      event: this.queues.event.length,
      query: this.queues.query.length,
    };
  }

  private limit(): number {
    return Math.max(this.options.maxDepth, 2 * this.options.nodeCount());
  }
}
