import { aclSeed, isExpired, missingBuiltins, tokens, tokensReap } from '@mesh/acl-system';
import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import type { WriteEndpoint } from '@mesh/resource';
import type { StateView } from '@mesh/state';

export interface AclKeeperOptions {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly view: () => StateView;
  /** Writes as the leader. */
  readonly write: <A, R>(endpoint: WriteEndpoint<A, R>, args: A) => Promise<R>;
  /** acl.tokens.master; '' for none. */
  readonly masterSecret: string;
}

/** How often expired tokens are looked for, milliseconds. */
const REAP_MS = 60_000;
/** Tokens deleted by one log entry. */
const REAP_LIMIT = 1000;
/** Pause before a failed write is tried again, milliseconds. */
const RETRY_MS = 1000;

/**
 * Leader duty: makes the policy that grants everything, the anonymous token and the master token of the file,
 * where they are missing, and deletes tokens whose time is over.
 */
export class AclKeeper implements Component {
  readonly name = 'acl-keeper';
  private readonly options: AclKeeperOptions;
  private reign = 0;
  private timer: Timer | undefined;

  constructor(options: AclKeeperOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    void this.keep(++this.reign);
  }

  async stop(): Promise<void> {
    this.reign++;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async keep(reign: number): Promise<void> {
    const { logger, platform } = this.options;
    let pauseMs = REAP_MS;
    try {
      await this.seed(reign);
      await this.reap(reign);
    } catch (thrown) {
      pauseMs = RETRY_MS;
      const { code, message } = MeshError.from(thrown);
      if (code !== 'no-leader') logger.error('failed to tend the ACLs', { error: message });
    }
    if (reign !== this.reign) return;
    this.timer = platform.timers.after(pauseMs, () => void this.keep(reign));
  }

  private async seed(reign: number): Promise<void> {
    const { view, write, masterSecret, logger } = this.options;
    for (const builtin of missingBuiltins(view(), masterSecret)) {
      if (reign !== this.reign) return;
      await write(aclSeed, builtin);
      logger.info('created what ACLs always have', { kind: builtin.kind });
    }
  }

  private async reap(reign: number): Promise<void> {
    const { view, write, platform } = this.options;
    const hasExpired = () => {
      for (const token of view().prefix(tokens, '')) {
        if (isExpired(token, platform.clock.nowMs())) return true;
      }
      return false;
    };
    while (reign === this.reign && hasExpired()) await write(tokensReap, { limit: REAP_LIMIT });
  }
}
