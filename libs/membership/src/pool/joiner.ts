import { type Component, type Logger, MeshError, type Timer, type Timers } from '@mesh/base';
import type { Membership } from '../membership.ts';

/** The first tries come quickly: at a common start the others are there a moment later. */
const FIRST_TRY_MS = 500;

export interface JoinerOptions {
  /** Must succeed, or the start fails (-join). */
  readonly start: readonly string[];
  /** Tried until one answers (-retry-join). */
  readonly retry: readonly string[];
  readonly retryIntervalMs: number;
  /** 0 for no limit. */
  readonly retryMaxAttempts: number;
  readonly membership: Membership;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Retries are used up: the agent ends. */
  readonly onGivenUp: (error: MeshError) => void;
}

/** Joins the pool when the agent starts. */
export class Joiner implements Component {
  readonly name = 'join';
  private readonly options: JoinerOptions;
  private timer: Timer | undefined;
  private attempts = 0;
  private stopped = true;

  constructor(options: JoinerOptions) {
    this.options = options;
  }

  /** Rejects when none of the start addresses can be joined. */
  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    const { start, retry, membership, logger } = this.options;
    if (start.length > 0) {
      const joined = await membership.join(start, false);
      logger.info('(LAN) joined', { number_of_nodes: joined });
    }
    if (retry.length > 0) this.attempt();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
  }

  private attempt(): void {
    const { retry, membership, logger } = this.options;
    logger.info('Joining cluster...', { cluster: 'LAN' });
    membership.join(retry, false).then(
      (joined) => {
        if (this.stopped) return;
        // Servers that start together may have reached only themselves.
        if (membership.members().length < 2) this.again(undefined);
        else logger.info('Join cluster completed. Synced with initial agents', { joined });
      },
      (error) => {
        if (!this.stopped) this.again(MeshError.from(error));
      },
    );
  }

  private again(error: MeshError | undefined): void {
    const { retryIntervalMs, retryMaxAttempts, timers, logger, onGivenUp } = this.options;
    this.attempts++;
    if (retryMaxAttempts > 0 && this.attempts > retryMaxAttempts) {
      onGivenUp(new MeshError('unavailable', 'agent: max join retry exhausted, exiting'));
      return;
    }
    const waitMs = Math.min(retryIntervalMs, FIRST_TRY_MS * 2 ** Math.min(this.attempts - 1, 10));
    if (error) {
      logger.warn('Join cluster failed, will retry', { error, retry_interval_ms: waitMs });
    }
    this.timer = timers.after(waitMs, () => this.attempt());
  }
}
