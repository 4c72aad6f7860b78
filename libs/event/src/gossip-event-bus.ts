import type { UserEvent } from '@mesh/api-contract';
import { type Logger, MeshError } from '@mesh/base';
import type { Rpc } from '@mesh/resource';
import { eventFire } from './endpoint.ts';
import type { EventBus, FireOptions } from './event-bus.ts';
import { decodeEvent, encodeEvent } from './event-codec.ts';
import { EVENT_NAME_PREFIX } from './event-size.ts';

/** An event of the gossip pool, ours or not. */
export interface GossipEvent {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly lamportTime: number;
}

/** The side of a gossip pool that hears events. */
export interface EventReceiver {
  /** Called for each that arrives, in order. Returns an unsubscriber. */
  subscribe(listener: (event: GossipEvent) => void): () => void;
}

export interface GossipEventBusOptions {
  /** The LAN pool of this agent. */
  readonly pool: EventReceiver;
  /** The way to a server: servers fire, so that a client's token is checked where tokens are known. */
  readonly rpc: Pick<Rpc, 'call'>;
  readonly logger: Logger;
}

const LOCAL: FireOptions = { datacenter: '', token: '' };

/**
 * Events over gossip: a server of the wanted datacenter puts them on its pool, and this agent hears what
 * arrives on its own. What is no user event is none of its business.
 */
export class GossipEventBus implements EventBus {
  private readonly options: GossipEventBusOptions;

  constructor(options: GossipEventBusOptions) {
    this.options = options;
  }

  async fire(event: UserEvent, options: FireOptions = LOCAL): Promise<void> {
    const args = { name: event.Name, payload: encodeEvent(event) };
    await this.options.rpc.call(eventFire, args, { ...options, server: 'any' });
  }

  subscribe(listener: (event: UserEvent) => void): () => void {
    return this.options.pool.subscribe(({ name, payload, lamportTime }) => {
      if (!name.startsWith(EVENT_NAME_PREFIX)) return;
      const event = this.decoded(payload, lamportTime);
      if (event) listener(event);
    });
  }

  /** Anybody in the pool can send anything: what cannot be read is dropped and told. */
  private decoded(payload: Uint8Array, lamportTime: number): UserEvent | undefined {
    try {
      return decodeEvent(payload, lamportTime);
    } catch (thrown) {
      const { message } = MeshError.from(thrown);
      this.options.logger.error('failed to decode a user event', { error: message });
      return undefined;
    }
  }
}
