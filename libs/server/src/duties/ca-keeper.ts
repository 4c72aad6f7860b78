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
  private active = false;

  constructor(options: CaKeeperOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.active) return;
    this.active = true;
    this.work();
  }

  async stop(): Promise<void> {
    this.active = false;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private work(): void {
    this.keep().then(
      () => this.again(PRUNE_MS),
      (thrown) => {
        const { message } = MeshError.from(thrown);
        if (this.active) this.options.logger.error('CA is not initialized', { error: message });
        this.again(RETRY_MS);
      },
    );
  }

  private async keep(): Promise<void> {
    const { authority } = this.options;
    await authority.initialize();
    if (this.active) await authority.rotateIfDue();
    if (this.active) await authority.prune();
  }

  private again(delayMs: number): void {
    if (!this.active) return;
    this.timer = this.options.platform.timers.after(delayMs, () => this.work());
  }
}
