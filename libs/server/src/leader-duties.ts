import type { Component, Logger } from '@mesh/base';
import type { LegacyConsensus as Consensus } from '@mesh/raft';

/**
 * Runs components only while this server leads: session timers, tombstone reaping, batching of
 * coordinates. They start in order when leadership is won and stop in reverse when it is lost.
 */
export class LeaderDuties implements Component {
  readonly name = 'leader-duties';
  private unsubscribe: (() => void) | undefined;
  private running = false;
  private transition: Promise<void> = Promise.resolve();
  private readonly consensus: Consensus;
  private readonly duties: readonly Component[];
  private readonly onLeading: () => Promise<void>;
  private readonly logger: Logger;

  constructor(
    consensus: Consensus,
    duties: readonly Component[],
    onLeading: () => Promise<void>,
    logger: Logger,
  ) {
    this.consensus = consensus;
    this.duties = duties;
    this.onLeading = onLeading;
    this.logger = logger;
  }

  async start(): Promise<void> {
    this.unsubscribe ??= this.consensus.onLeadership((leading) => {
      this.transition = this.transition
        .then(() => (leading ? this.begin() : this.end()))
        .catch((error) => this.logger.error('leader duties failed', { error: String(error) }));
    });
    await this.transition;
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.transition = this.transition.then(() => this.end());
    await this.transition;
  }

  private async begin(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.logger.info('cluster leadership acquired');
    for (const duty of this.duties) await duty.start();
    await this.onLeading();
  }

  private async end(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    this.logger.info('cluster leadership lost');
    for (const duty of [...this.duties].reverse()) await duty.stop();
  }
}
