import type { Clock } from '@mesh/base';
import { type GossipAddress, type GossipReceiver, unpackPacket } from '@mesh/gossip';
import type { DropLog } from './drop-log.ts';
import { type InboundMessage, InboundQueues } from './inbound-queues.ts';
import { MAX_RAW_BYTES, MAX_RAW_DATAGRAMS, TURN_BUDGET_MS } from './limits.ts';
import type { PoolCipher } from './pool-cipher.ts';
import type { SourceFilter } from './source-filter.ts';
import { SourceRate } from './source-rate.ts';

const NONSENSE = 'dropped packets that make no sense';

export interface PacketInboxParts {
  readonly receiver: Pick<GossipReceiver, 'packet'>;
  readonly cipher: PoolCipher;
  readonly filter: SourceFilter;
  readonly drops: DropLog;
  readonly clock: Clock;
  /** Runs the callback when the event loop has served the others. */
  readonly later: (callback: () => void) => void;
}

/**
 * Takes datagrams in, decrypts them, and hands their messages out one by one, urgent ones first. Works a few
 * milliseconds in a turn of the event loop, whatever arrives.
 */
export class PacketInbox {
  private readonly parts: PacketInboxParts;
  private readonly rate = new SourceRate();
  private readonly queues = new InboundQueues();
  private raw: InboundMessage[] = [];
  private rawBytes = 0;
  private isScheduled = false;
  private isClosed = false;

  constructor(parts: PacketInboxParts) {
    this.parts = parts;
  }

  /** Takes a datagram as it came. */
  take(bytes: Uint8Array, from: GossipAddress): void {
    const { filter, drops, clock } = this.parts;
    if (this.isClosed || bytes.length === 0) return;
    if (!filter.allows(from.host)) {
      drops.dropped('dropped packets of an address that is not allowed', from.host);
      return;
    }
    const isFull =
      this.raw.length >= MAX_RAW_DATAGRAMS || this.rawBytes + bytes.length > MAX_RAW_BYTES;
    if (isFull || !this.rate.admit(from.host, clock.monotonicMs())) {
      drops.dropped('dropped packets that came too fast', from.host);
      return;
    }
    this.raw.push({ bytes, from });
    this.rawBytes += bytes.length;
    this.schedule();
  }

  /** Forgets all; nothing is handed out any more. */
  close(): void {
    this.isClosed = true;
    this.raw = [];
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.parts.later(() => this.turn());
  }

  private turn(): void {
    this.isScheduled = false;
    const { clock } = this.parts;
    const startMs = clock.monotonicMs();
    let done = 0;
    while (done < this.raw.length && clock.monotonicMs() - startMs < TURN_BUDGET_MS / 2) {
      const datagram = this.raw[done++]!;
      this.rawBytes -= datagram.bytes.length;
      this.open(datagram);
      if (this.isClosed) return;
    }
    this.raw = this.raw.slice(done);
    // Datagrams in a flood must not keep what already came from being heard.
    while (clock.monotonicMs() - startMs < TURN_BUDGET_MS) {
      const message = this.queues.pop();
      if (!message) break;
      this.deliver(message);
      if (this.isClosed) return;
    }
    if (this.raw.length > 0 || !this.queues.isEmpty) this.schedule();
  }

  private open({ bytes, from }: InboundMessage): void {
    const { cipher, drops } = this.parts;
    let messages: readonly Uint8Array[];
    try {
      messages = unpackPacket(cipher.openPacket(bytes));
    } catch (error) {
      drops.dropped(NONSENSE, from.host, error);
      return;
    }
    // The newest is popped first, so that a packet's own messages keep their order.
    const waiting: InboundMessage[] = [];
    for (const message of messages) {
      if (InboundQueues.isUrgent(message[0])) this.deliver({ bytes: message, from });
      else if (!InboundQueues.isPatient(message[0])) drops.dropped(NONSENSE, from.host);
      else waiting.push({ bytes: message, from });
    }
    for (const message of waiting.reverse()) {
      if (!this.queues.push(message)) {
        drops.dropped('handler queue full, dropped the oldest messages', from.host);
      }
    }
  }

  private deliver({ bytes, from }: InboundMessage): void {
    this.parts.receiver.packet(bytes, from);
  }
}
