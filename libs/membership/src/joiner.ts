import { type Component, type Logger, MeshError, type Timer, type Timers } from '@mesh/base';
import type { Membership } from './membership.ts';

/** Whatever the interval, milliseconds. */
const SHORTEST_WAIT_MS = 100;
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
  readonly membership: Pick<Membership, 'join' | 'members' | 'wanMembers'>;
  readonly timers: Timers;
  readonly logger: Logger;
  /** Retries are used up: the agent ends. */
  readonly onGivenUp: (error: MeshError) => void;
  /** The WAN pool rather than the LAN pool. @default false */
  readonly wan?: boolean;
}

/** Joins a pool when the agent starts. */
export class Joiner implements Component {
  readonly name: string;
  private readonly options: JoinerOptions;
  private readonly cluster: 'LAN' | 'WAN';
  private timer: Timer | undefined;
  /** All waits so far, milliseconds. */
  private waitedMs = 0;
  private stopped = true;

  constructor(options: JoinerOptions) {
    this.options = options;
    this.cluster = options.wan ? 'WAN' : 'LAN';
    this.name = options.wan ? 'join-wan' : 'join';
  }

  /** Rejects when none of the start addresses can be joined. */
  async start(): Promise<void> {
    if (!this.stopped) return;
    this.stopped = false;
    this.waitedMs = 0;
    const { start, retry, membership, wan = false, logger } = this.options;
    if (start.length > 0) {
      logger.info('Joining cluster...', { cluster: this.cluster });
      await membership.join(start, wan).catch((thrown) => {
        // It ends the agent, which says why in one line.
        const { code, message } = MeshError.from(thrown);
        throw new MeshError(code, message.trim().replace(/\s+/g, ' '), { cause: thrown });
      });
    }
    if (retry.length > 0) this.attempt();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private attempt(): void {
    const { retry, membership, wan = false, logger } = this.options;
    const { cluster } = this;
    if (this.waitedMs === 0) logger.info('Joining cluster...', { cluster });
    membership.join(retry, wan).then(
      (joined) => {
        if (this.stopped) return;
        // Servers that start together may have reached only themselves: not a failure, nor the end.
        const members = wan ? membership.wanMembers() : membership.members();
        if (members.length < 2) this.again();
        else {
          const fields = { cluster, num_agents: joined };
          logger.info('Join cluster completed. Synced with initial agents', fields);
        }
      },
      (error) => {
        if (!this.stopped) this.failed(MeshError.from(error));
      },
    );
  }

  private failed(error: MeshError): void {
    const { retryIntervalMs, retryMaxAttempts, logger, onGivenUp } = this.options;
    // The quick tries of the first interval do not count, so that retry_max means what it says.
    if (retryMaxAttempts > 0 && this.waitedMs >= retryMaxAttempts * retryIntervalMs) {
      onGivenUp(new MeshError('unavailable', 'agent: max join retry exhausted, exiting'));
      return;
    }
    const isNews = this.waitedMs === 0 || this.waitedMs >= retryIntervalMs;
    const retryMs = this.again();
    const why = error.message.trim();
    const fields = { cluster: this.cluster, retry_interval: `${retryMs}ms`, error: why };
    if (isNews) logger.warn('Join cluster failed, will retry', fields);
    else logger.debug('Join cluster failed, will retry', fields);
  }

  /** Tries again after the time that it returns, milliseconds. */
  private again(): number {
    const { retryIntervalMs, timers } = this.options;
    const untilIntervalMs = retryIntervalMs - this.waitedMs;
    const quickMs = Math.max(FIRST_TRY_MS, this.waitedMs);
    const dueMs = untilIntervalMs > 0 ? Math.min(quickMs, untilIntervalMs) : retryIntervalMs;
    const waitMs = Math.max(dueMs, SHORTEST_WAIT_MS);
    this.waitedMs += waitMs;
    this.timer = timers.after(waitMs, () => this.attempt());
    return waitMs;
  }
}
