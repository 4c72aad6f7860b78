import type { GossipAddress } from '../address.ts';
import type { IndirectPingMessage } from '../wire/messages.ts';
import { answerAddress } from './prober.ts';
import type { SwimParts } from './swim-parts.ts';

/** Pings on behalf of others that wait for their answer; more are not taken on. */
const MAX_RELAYS = 1024;

/** A ping on behalf of another member. */
interface Relay {
  readonly asker: GossipAddress;
  /** The asker's own number for it. */
  readonly seqNo: number;
  readonly nack: boolean;
  readonly deadlineMs: number;
}

export interface RelayParts extends SwimParts {
  nextSeqNo(): number;
}

/** Pings that other members ask for, because they themselves got no answer (SWIM 3.1). */
export class Relays {
  private readonly parts: RelayParts;
  /** By our number; in the order of their deadlines, as all wait equally long. */
  private readonly bySeqNo = new Map<number, Relay>();

  constructor(parts: RelayParts) {
    this.parts = parts;
  }

  nextDeadlineMs(): number {
    for (const { deadlineMs } of this.bySeqNo.values()) return deadlineMs;
    return Number.POSITIVE_INFINITY;
  }

  begin(message: IndirectPingMessage, from: GossipAddress, nowMs: number): void {
    if (message.targetHost === '' || this.bySeqNo.size >= MAX_RELAYS) return;
    const { options, sender } = this.parts;
    const seqNo = this.parts.nextSeqNo();
    this.bySeqNo.set(seqNo, {
      asker: answerAddress(message, from),
      seqNo: message.seqNo,
      nack: message.nack,
      deadlineMs: nowMs + options.config.probeTimeoutMs,
    });
    const { name, address } = options;
    const port = message.targetPort || address.port;
    sender.withGossip(
      { host: message.targetHost, port },
      {
        ...{ kind: 'ping', seqNo, node: message.node },
        ...{ sourceHost: address.host, sourcePort: address.port, sourceNode: name },
      },
    );
  }

  /** Passes an answer on, if it is to one of these pings. */
  ack(seqNo: number): void {
    const relay = this.bySeqNo.get(seqNo);
    if (!relay) return;
    this.bySeqNo.delete(seqNo);
    this.parts.sender.withGossip(relay.asker, {
      ...{ kind: 'ack', seqNo: relay.seqNo, payload: undefined },
    });
  }

  tick(nowMs: number): void {
    for (const [seqNo, relay] of this.bySeqNo) {
      if (relay.deadlineMs > nowMs) return;
      this.bySeqNo.delete(seqNo);
      if (relay.nack)
        this.parts.sender.withGossip(relay.asker, { kind: 'nack', seqNo: relay.seqNo });
    }
  }
}
