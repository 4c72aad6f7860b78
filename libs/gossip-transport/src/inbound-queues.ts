import type { GossipAddress } from '@mesh/gossip';
import { HANDOFF_QUEUE_DEPTH } from './limits.ts';

/** A message out of a datagram, with its type byte. */
export interface InboundMessage {
  readonly bytes: Uint8Array;
  readonly from: GossipAddress;
}

/** Types that do not wait: ping, indirect ping, ack, nack. Who is late with those seems dead. */
const URGENT: ReadonlySet<number> = new Set([0, 1, 2, 11]);
const ALIVE = 4;
/** Types that wait: suspect, alive, dead, user. */
const PATIENT: ReadonlySet<number> = new Set([3, ALIVE, 5, 8]);

/**
 * Messages that may wait (gossip-wire.md 4.4): alive before suspect, dead and user ones, of each the newest first:
 * under load old news is what can be spared.
 */
export class InboundQueues {
  private readonly high = new NewestFirst();
  private readonly low = new NewestFirst();

  /** Whether a message of this type is to be handled at once. */
  static isUrgent(type: number | undefined): boolean {
    return type !== undefined && URGENT.has(type);
  }

  /** Whether a message of this type is for these queues. */
  static isPatient(type: number | undefined): boolean {
    return type !== undefined && PATIENT.has(type);
  }

  /** Returns false when an old message had to go. */
  push(message: InboundMessage): boolean {
    return message.bytes[0] === ALIVE ? this.high.push(message) : this.low.push(message);
  }

  pop(): InboundMessage | undefined {
    return this.high.pop() ?? this.low.pop();
  }

  get isEmpty(): boolean {
    return this.high.isEmpty && this.low.isEmpty;
  }
}

/** A stack of bounded depth: what is too much falls out at the bottom. */
class NewestFirst {
  private readonly ring = new Array<InboundMessage | undefined>(HANDOFF_QUEUE_DEPTH);
  private top = 0;
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  push(message: InboundMessage): boolean {
    this.ring[this.top] = message;
    this.top = (this.top + 1) % HANDOFF_QUEUE_DEPTH;
    if (this.count === HANDOFF_QUEUE_DEPTH) return false;
    this.count++;
    return true;
  }

  pop(): InboundMessage | undefined {
    if (this.count === 0) return undefined;
    this.top = (this.top + HANDOFF_QUEUE_DEPTH - 1) % HANDOFF_QUEUE_DEPTH;
    this.count--;
    const message = this.ring[this.top];
    this.ring[this.top] = undefined;
    return message;
  }
}
