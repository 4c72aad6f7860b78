import { type Logger, MeshError, type Timer, type Timers } from '@mesh/base';
import { formatAddress, type GossipAddress } from '@mesh/gossip';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import { serverMember } from '../server-member.ts';
import { isServer } from '../server-tags.ts';

/** How often servers are looked for that are not in the WAN pool, milliseconds. */
const INTERVAL_MS = 60_000;

export interface FloodJoinOptions {
  readonly datacenter: string;
  /** WAN port of servers that do not tell theirs. */
  readonly defaultPort: number;
  readonly lanMembers: () => readonly Member[];
  readonly wanMembers: () => readonly Member[];
  /** Joins the WAN pool at an address. */
  readonly join: (address: GossipAddress) => Promise<void>;
  readonly timers: Timers;
  /** Named agent.server. */
  readonly logger: Logger;
}

/**
 * Takes every server of the LAN pool into the WAN pool, so that it is enough to join one of them to another
 * datacenter (gossip-wire.md 8.5).
 */
export class FloodJoin {
  private readonly options: FloodJoinOptions;
  private readonly joining = new Set<string>();
  private timer: Timer | undefined;

  constructor(options: FloodJoinOptions) {
    this.options = options;
  }

  start(): void {
    this.stop();
    this.timer = this.options.timers.after(INTERVAL_MS, () => this.start());
    this.flood();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** Looks now: a server came. */
  flood(): void {
    if (!this.timer) return;
    const { datacenter, lanMembers, wanMembers } = this.options;
    const inWan = new Set(
      wanMembers()
        .filter(({ Status }) => Status === MEMBER_STATUS.alive)
        .map(({ Name }) => Name),
    );
    for (const member of lanMembers()) {
      if (member.Status !== MEMBER_STATUS.alive || !isServer(member.Tags)) continue;
      if (serverMember(member)?.datacenter !== datacenter) continue;
      if (!inWan.has(`${member.Name}.${datacenter}`)) void this.take(member);
    }
  }

  /** Never rejects. */
  private async take({ Name, Addr, Tags }: Member): Promise<void> {
    if (this.joining.has(Name)) return;
    const port = Number(Tags.wan_join_port ?? this.options.defaultPort);
    if (!(port >= 1 && port <= 65_535)) return;
    this.joining.add(Name);
    const address = { host: Addr, port };
    const fields = { server: Name, address: formatAddress(address) };
    const { logger, join } = this.options;
    try {
      await join(address);
      logger.info('Successfully performed flood-join for server at address', fields);
    } catch (thrown) {
      const error = MeshError.from(thrown).message;
      logger.debug('Failed to flood-join server at address', { ...fields, error });
    } finally {
      this.joining.delete(Name);
    }
  }
}
