import type { Component } from '@mesh/base';
import type { Consensus, Leadership } from '@mesh/raft';

/** A span of time in which the same server led, or nobody did. */
export class Era implements Leadership {
  readonly leading: boolean;
  readonly leaderId: string;
  readonly leaderAddress: string;
  private over = false;
  private readonly callbacks = new Set<() => void>();

  constructor({ leading, leaderId, leaderAddress }: Leadership) {
    this.leading = leading;
    this.leaderId = leaderId;
    this.leaderAddress = leaderAddress;
  }

  get ended(): boolean {
    return this.over;
  }

  /** Calls back once when the era ends (at once if it has). Returns an unsubscriber. */
  onEnd(callback: () => void): () => void {
    if (this.over) {
      callback();
      return () => {};
    }
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    const callbacks = [...this.callbacks];
    this.callbacks.clear();
    for (const callback of callbacks) callback();
  }
}

const NOBODY: Leadership = { leading: false, leaderId: '', leaderAddress: '' };

/** Follows who leads, as this server knows it, for all that depends on it. */
export class LeaderWatch implements Component {
  readonly name = 'leader-watch';
  private now = new Era(NOBODY);
  private unsubscribe: (() => void) | undefined;
  private readonly consensus: Pick<Consensus, 'onLeadership'>;

  constructor(consensus: Pick<Consensus, 'onLeadership'>) {
    this.consensus = consensus;
  }

  /** The present era. */
  get era(): Era {
    return this.now;
  }

  async start(): Promise<void> {
    this.unsubscribe ??= this.consensus.onLeadership((leadership) => this.enter(leadership));
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.enter(NOBODY);
  }

  private enter(next: Leadership): void {
    const { now } = this;
    if (
      now.leading === next.leading &&
      now.leaderId === next.leaderId &&
      now.leaderAddress === next.leaderAddress
    ) {
      return;
    }
    this.now = new Era(next);
    now.end();
  }
}
