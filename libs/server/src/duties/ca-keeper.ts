import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { Authority } from '@mesh/connect-ca';

/** Between two looks for authorities to forget, milliseconds. */
const PRUNE_MS = 3_600_000;
/** Wait before a first authority is tried again, milliseconds. */
const RETRY_MS = 2000;

export interface CaKeeperOptions {
  readonly authority: Pick<Authority, 'initialize' | 'prune' | 'rotateIfDue'>;
  readonly platform: Pick<Platform, 'timers'>;
  /** Named agent.server.connect. */
  readonly logger: Logger;
}

/** Leader duty: there is a certificate authority, it is not too old, and former ones are forgotten. */
export class CaKeeper implements Component {
  readonly name = 'ca-keeper';
  private readonly options: CaKeeperOptions;
  private timer: Timer | undefined;
  /** Aborted when the reign ends; a step that outlives its reign is followed by nothing. */
  private reign: AbortController | undefined;

  constructor(options: CaKeeperOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.reign) return;
    this.reign = new AbortController();
    this.work(this.reign.signal);
  }

  async stop(): Promise<void> {
    this.reign?.abort();
    this.reign = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private work(signal: AbortSignal): void {
    void this.keep(signal).then((isDone) => {
      if (signal.aborted) return;
      const delayMs = isDone ? PRUNE_MS : RETRY_MS;
      this.timer = this.options.platform.timers.after(delayMs, () => this.work(signal));
    });
  }

  /** Whether all was done. */
  private async keep(signal: AbortSignal): Promise<boolean> {
    const { authority, logger } = this.options;
    let failed = 'CA is not initialized';
    try {
      await authority.initialize();
      failed = 'failed to maintain the CA';
      if (!signal.aborted) await authority.rotateIfDue();
      if (!signal.aborted) await authority.prune();
      return true;
    } catch (thrown) {
      if (!signal.aborted) logger.error(failed, { error: MeshError.from(thrown).message });
      return false;
    }
  }
}
