import type { Logger, Timer, Timers } from '@mesh/base';
import {
  formatAddress,
  type GossipAddress,
  type GossipTransport,
  NODE_STATE,
  type PushPullMessage,
} from '@mesh/gossip';

/** Waits before each look at the other side, milliseconds. */
const LOOKS_MS: readonly number[] = [2000, 5000];
/** Joins watched at a time. */
const MAX_WATCHED = 16;

export interface JoinWitnessOptions {
  readonly memberName: string;
  readonly address: GossipAddress;
  readonly transport: Pick<GossipTransport, 'exchange'>;
  readonly timeoutMs: number;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Looks whether a join was mutual. The other side answers before it decides, so one whom it refuses sees the
 * pool, is told of success, and is seen by nobody; only its absence from the other's members tells.
 */
export class JoinWitness {
  private readonly options: JoinWitnessOptions;
  private readonly watched = new Map<string, Timer>();

  constructor(options: JoinWitnessOptions) {
    this.options = options;
  }

  /** A join was answered. @param message what was sent */
  joined(to: GossipAddress, message: PushPullMessage): void {
    const { address } = this.options;
    const isOwn = to.host === address.host && to.port === address.port;
    if (isOwn || this.watched.size >= MAX_WATCHED) return;
    this.schedule(to, { ...message, join: false }, 0);
  }

  stop(): void {
    for (const timer of this.watched.values()) timer.cancel();
    this.watched.clear();
  }

  private schedule(to: GossipAddress, message: PushPullMessage, look: number): void {
    const key = formatAddress(to);
    this.watched.get(key)?.cancel();
    const work = () => void this.look(to, message, look);
    this.watched.set(key, this.options.timers.after(LOOKS_MS[look]!, work));
  }

  /** Never rejects. */
  private async look(to: GossipAddress, message: PushPullMessage, look: number): Promise<void> {
    const { transport, timeoutMs, logger, memberName, address } = this.options;
    const key = formatAddress(to);
    const timer = this.watched.get(key);
    let reply: Awaited<ReturnType<GossipTransport['exchange']>>;
    try {
      reply = await transport.exchange(to, message, { timeoutMs, reply: true });
    } catch {
      reply = undefined;
    }
    // Stopped meanwhile, or joined anew.
    if (this.watched.get(key) !== timer) return;
    this.watched.delete(key);
    if (reply?.kind !== 'pushPull') return;
    const entry = reply.nodes.find(({ name }) => name === memberName);
    if (entry && entry.host === address.host && entry.port === address.port) return;
    if (look + 1 < LOOKS_MS.length) {
      this.schedule(to, message, look + 1);
      return;
    }
    const isTaken =
      entry && (entry.state === NODE_STATE.alive || entry.state === NODE_STATE.suspect);
    const reason = isTaken
      ? `another member has the name, at ${formatAddress(entry)}`
      : 'it does not list this member; its log says why';
    logger.error('serf: join was refused by the other side', {
      name: memberName,
      address: formatAddress(to),
      reason,
    });
  }
}
