import type { Component, Logger, Metrics } from '@mesh/base';
import type { Era, LeaderWatch } from '../rpc/leader-watch.ts';

export interface LeadOptions {
  readonly watch: LeaderWatch;
  /** Run only while this server leads. */
  readonly duties: readonly Component[];
  readonly metrics: Metrics;
  /** Named agent.server. */
  readonly logger: Logger;
  /** Tells the others that this server leads. */
  readonly onLead: () => void;
}

interface Reign {
  readonly era: Era;
}

/**
 * Runs duties while this server leads: they start in order when leadership is won, and stop in reverse
 * in the very turn in which it is lost. Tells the log and the others that it leads.
 */
export class Lead implements Component {
  readonly name = 'leader-duties';
  private running = false;
  private release = () => {};
  /** Each start of the duties has one of its own. */
  private reign: Reign | undefined;
  /** Stops under way. */
  private stopped: Promise<unknown> = Promise.resolve();
  /** Starts and stops under way: the next reign waits for them. */
  private settled: Promise<unknown> = Promise.resolve();
  private started: Component[] = [];
  private readonly options: LeadOptions;

  constructor(options: LeadOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.enter();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.release();
    this.end();
    await this.stopped;
  }

  /** The state is another: the duties begin anew, as at the start of a reign. */
  restart(): void {
    const { reign } = this;
    if (!reign) return;
    this.stopDuties();
    this.begin(reign.era);
  }

  private enter(): void {
    const { watch, metrics } = this.options;
    const { era } = watch;
    this.end();
    if (!this.running) return;
    this.release = era.onEnd(() => this.enter());
    this.tell(era);
    metrics.gauge('server.isLeader', era.leading ? 1 : 0);
    metrics.gauge('raft.settled', era.leaderId === '' ? 0 : 1);
    if (era.leading) this.begin(era);
  }

  private tell({ leading }: Era): void {
    if (!leading) return;
    this.options.logger.info('cluster leadership acquired');
    this.options.onLead();
  }

  private begin(era: Era): void {
    const { duties, logger } = this.options;
    const reign = { era };
    this.reign = reign;
    this.settled = this.settled.then(async () => {
      for (const duty of duties) {
        if (this.reign !== reign) return;
        this.started.push(duty);
        try {
          await duty.start();
        } catch (thrown) {
          if (this.reign !== reign) return;
          logger.error('leader duty failed to start', { duty: duty.name, error: String(thrown) });
        }
      }
    });
  }

  private end(): void {
    if (!this.reign) return;
    this.reign = undefined;
    this.options.logger.info('cluster leadership lost');
    this.stopDuties();
  }

  private stopDuties(): void {
    const { logger } = this.options;
    const stops = this.started
      .splice(0)
      .reverse()
      .map((duty) => duty.stop());
    this.stopped = Promise.allSettled(stops).then((outcomes) => {
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') {
          logger.error('leader duty failed to stop', { error: String(outcome.reason) });
        }
      }
    });
    this.settled = Promise.all([this.settled, this.stopped]);
  }
}
