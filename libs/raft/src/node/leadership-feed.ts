import type { Leadership } from '../consensus.ts';

/** Nobody leads, as far as is known. */
export const NO_LEADERSHIP: Leadership = { leading: false, leaderId: '', leaderAddress: '' };

/** Tells changes of leadership, each once. */
export class LeadershipFeed {
  private present = NO_LEADERSHIP;
  private readonly listeners = new Set<(leadership: Leadership) => void>();

  /** Adds a listener and tells it the present state. Returns an unsubscriber. */
  listen(listener: (leadership: Leadership) => void): () => void {
    this.listeners.add(listener);
    listener(this.present);
    return () => this.listeners.delete(listener);
  }

  announce(next: Leadership): void {
    const { leading, leaderId, leaderAddress } = this.present;
    const isSame =
      next.leading === leading &&
      next.leaderId === leaderId &&
      next.leaderAddress === leaderAddress;
    if (isSame) return;
    this.present = next;
    for (const listener of [...this.listeners]) listener(next);
  }
}
