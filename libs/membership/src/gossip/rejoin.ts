import { type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import { formatAddress, type GossipAddress } from '@mesh/gossip';
import { shuffled } from './shuffled.ts';
import type { RememberedMember } from './snapshot-lines.ts';

/** Waits between rounds while nobody was reached, milliseconds: the first, doubled up to the longest. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** Members tried in one round. */
const MAX_TRIES = 64;

export interface RejoinOptions {
  /** Rejects when nobody is there. */
  readonly join: (address: GossipAddress) => Promise<void>;
  /** False once there is no need: somebody was met, or this member leaves. */
  readonly isWanted: () => boolean;
  readonly platform: Pick<Platform, 'random' | 'timers'>;
  readonly logger: Logger;
}

/**
 * Goes back to the members of the last run, one after the other in random order until one answers. Members that
 * start together after an outage may all be too early for each other, so it goes on while it is alone.
 */
export class Rejoin {
  private readonly options: RejoinOptions;
  private members: readonly RememberedMember[] = [];
  private waitMs = 0;
  private timer: Timer | undefined;

  constructor(options: RejoinOptions) {
    this.options = options;
  }

  /** @param members of the last run, this one not among them */
  start(members: readonly RememberedMember[]): void {
    this.members = members;
    this.waitMs = 0;
    if (members.length > 0) void this.round();
  }

  stop(): void {
    this.members = [];
    this.timer?.cancel();
    this.timer = undefined;
  }

  private async round(): Promise<void> {
    const { isWanted, logger, platform } = this.options;
    const isFirst = this.waitMs === 0;
    if (!isWanted() || (await this.tryAll(isFirst)) || !isWanted()) return;
    if (this.members.length === 0) return;
    if (isFirst) logger.warn('serf: Failed to re-join any previously known node, will retry');
    this.waitMs = Math.min(this.waitMs * 2 || FIRST_WAIT_MS, LONGEST_WAIT_MS);
    this.timer = platform.timers.after(this.waitMs, () => void this.round());
  }

  /** True when one was reached. Never rejects. */
  private async tryAll(isFirst: boolean): Promise<boolean> {
    const { join, isWanted, platform, logger } = this.options;
    for (const { name, address } of shuffled(this.members, platform.random).slice(0, MAX_TRIES)) {
      if (!isWanted()) return true;
      const told = `${name}: ${formatAddress(address)}`;
      if (isFirst) logger.info(`serf: Attempting re-join to previously known node: ${told}`);
      try {
        await join(address);
        logger.info(`serf: Re-joined to previously known node: ${told}`);
        return true;
      } catch (thrown) {
        logger.debug('serf: failed to re-join', { name, error: MeshError.from(thrown).message });
      }
    }
    return false;
  }
}
