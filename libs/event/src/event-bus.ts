import type { UserEvent } from '@mesh/api-contract';

/** Where an event goes, and in whose name. */
export interface FireOptions {
  /** "" is the agent's own. */
  readonly datacenter: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

/** Carries user events to every agent of a datacenter, this one included. */
export interface EventBus {
  /**
   * Sends an event; resolves once it is on its way. Rejects with MeshError when it cannot be sent.
   * Without options it is for this datacenter, without a token.
   */
  fire(event: UserEvent, options?: FireOptions): Promise<void>;
  /** Called for each event that arrives, in order. Returns an unsubscriber. */
  subscribe(listener: (event: UserEvent) => void): () => void;
}

/**
 * The bus of an agent that is alone: delivers to itself and counts the Lamport time. Gossip takes
 * its place where there are others.
 */
export class LocalEventBus implements EventBus {
  // The original's clock has ticked once for the join and once for the first event.
  private lamportTime = 1;
  private readonly listeners = new Set<(event: UserEvent) => void>();

  async fire(event: UserEvent): Promise<void> {
    this.lamportTime++;
    const stamped = { ...event, LTime: this.lamportTime };
    for (const listener of [...this.listeners]) listener(stamped);
  }

  subscribe(listener: (event: UserEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
