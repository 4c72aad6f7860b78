import { type Component, type Logger, MeshError, type Platform, utf8Text } from '@mesh/base';
import type { SerfEvent, SerfMember } from '@mesh/gossip';
import { memberView } from '../member-view.ts';
import type { Member, Membership } from '../membership.ts';
import type { Keyrings, PoolCoordinates, PoolEvents, PoolName } from '../pool-services.ts';
import type { ServerRouter } from '../server-picker.ts';
import { isServer } from '../server-tags.ts';
import { FloodJoin } from './flood-join.ts';
import type { GossipPool } from './gossip-pool.ts';
import { JoinFailure } from './join-failure.ts';
import { NEW_LEADER_EVENT } from './new-leader.ts';
import { PoolKeyrings } from './pool-keyrings.ts';
import { poolStats } from './pool-stats.ts';
import { Router } from './router.ts';

type MemberEvent = Extract<SerfEvent, { readonly members: unknown }>;

export interface GossipMembershipOptions {
  readonly lan: GossipPool;
  /** undefined on clients, and on servers whose WAN port is off. */
  readonly wan: GossipPool | undefined;
  readonly nodeName: string;
  readonly datacenter: string;
  readonly isServer: boolean;
  /** Port of the WAN pool; -1 is off. */
  readonly wanPort: number;
  readonly platform: Platform;
  /** Named agent. */
  readonly logger: Logger;
}

/** The pools of an agent, by gossip; and what else gossip gives it. */
export class GossipMembership implements Membership, Component {
  readonly name = 'membership';
  /** User events of the LAN pool. */
  readonly events: PoolEvents;
  readonly keyrings: Keyrings;
  readonly coordinates: PoolCoordinates;
  private readonly options: GossipMembershipOptions;
  private readonly serverRouter: Router;
  private readonly flood: FloodJoin | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(options: GossipMembershipOptions) {
    this.options = options;
    const { lan, wan, datacenter, platform, timers } = { ...options, ...options.platform };
    const logger = this.roleLogger();
    const pool = (name: PoolName) => (name === 'lan' ? lan : wan);
    this.events = {
      fire: (name, payload) => lan.userEvent(name, payload),
      subscribe: (listener) => lan.onEvent(listener),
    };
    this.keyrings = new PoolKeyrings(pool);
    this.coordinates = {
      own: (name) => pool(name)?.ownCoordinate(),
      of: (name, member) => pool(name)?.coordinateOf(member),
    };
    const { coordinates } = this;
    this.serverRouter = new Router({
      ...{ datacenter, coordinates, platform, logger, isServer: options.isServer },
    });
    this.flood =
      wan &&
      new FloodJoin({
        ...{ datacenter, defaultPort: options.wanPort, timers, logger },
        lanMembers: () => lan.members().map(memberView),
        wanMembers: () => wan.members().map(memberView),
        join: (address) => wan.joinAt(address),
      });
    lan.onMembers((event) => this.lanChanged(event as MemberEvent));
    lan.onEvent(({ name, payload }) => this.heard(name, payload));
    wan?.onMembers((event) => this.wanChanged(event as MemberEvent));
  }

  get router(): ServerRouter {
    return this.serverRouter;
  }

  /** WAN first, as in the original. Rejects with MeshError when a port cannot be had. */
  async start(): Promise<void> {
    await this.options.wan?.start();
    try {
      await this.options.lan.start();
    } catch (thrown) {
      await this.options.wan?.stop();
      throw thrown;
    }
    this.flood?.start();
  }

  async stop(): Promise<void> {
    this.flood?.stop();
    await this.options.lan.stop();
    await this.options.wan?.stop();
  }

  local(): Member {
    return memberView(this.options.lan.local());
  }

  members(): readonly Member[] {
    return sortedViews(this.options.lan.members());
  }

  wanMembers(): readonly Member[] {
    return sortedViews(this.options.wan?.members() ?? []);
  }

  async join(addresses: readonly string[], wan: boolean): Promise<number> {
    const { logger } = this.options;
    const area = wan ? '(WAN)' : '(LAN)';
    const pool = wan ? this.wanPool() : this.options.lan;
    const list = { [wan ? 'wan_addresses' : 'lan_addresses']: `[${addresses.join(' ')}]` };
    logger.info(`${area} joining`, list);
    try {
      const joined = await pool.join(addresses);
      logger.info(`${area} joined`, { number_of_nodes: joined });
      return joined;
    } catch (thrown) {
      const error = MeshError.from(thrown).message.trim();
      logger.warn(`${area} couldn't join`, { number_of_nodes: 0, error });
      throw thrown;
    }
  }

  async leave(): Promise<void> {
    this.flood?.stop();
    const { lan, wan, isServer } = this.options;
    const logger = this.roleLogger();
    logger.info(isServer ? 'server starting leave' : 'client starting leave');
    for (const pool of [wan, lan]) {
      await pool?.leave().catch((thrown) => {
        const error = MeshError.from(thrown).message;
        logger.error('failed to leave a pool', { pool: pool.name, error });
      });
    }
  }

  async forceLeave(node: string, prune: boolean): Promise<void> {
    const { lan, wan, datacenter, nodeName, logger } = this.options;
    logger.info('Force leaving node', { node });
    const inWan = [node, `${node}.${datacenter}`].find((name) => wan?.member(name));
    if (!lan.member(node) && inWan === undefined) {
      throw new MeshError('not-found', `agent: No node found with name '${node}'`);
    }
    // An agent that is alive says so, and stays.
    if (node === nodeName || node === `${nodeName}.${datacenter}`) return;
    lan.forceLeave(node, prune);
    if (inWan !== undefined) wan?.forceLeave(inWan, prune);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stats(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    const { lan, wan } = this.options;
    return { serf_lan: poolStats(lan), ...(wan && { serf_wan: poolStats(wan) }) };
  }

  /** Sets tags in all pools, others stay. Throws MeshError when they become too long. */
  setTags(changes: Readonly<Record<string, string>>): void {
    for (const pool of [this.options.lan, this.options.wan]) {
      pool?.setTags({ ...pool.local().tags, ...changes });
    }
  }

  private wanPool(): GossipPool {
    const { wan, isServer } = this.options;
    if (wan) return wan;
    throw new JoinFailure(
      isServer ? 'WAN Federation is disabled' : 'Must be a server to join WAN cluster',
    );
  }

  private lanChanged(event: MemberEvent): void {
    if (event.members.some(({ tags }) => isServer(tags))) {
      this.serverRouter.updateLan(this.members());
      if (event.kind === 'member-join') this.flood?.flood();
    } else this.serverRouter.resize(this.options.lan.members().length);
    for (const listener of [...this.listeners]) listener();
  }

  private wanChanged(event: MemberEvent): void {
    const logger = this.roleLogger();
    for (const { name } of event.members) {
      const fields = { event: event.kind, server: name, area: 'wan' };
      logger.info('Handled event for server in area', fields);
    }
    this.serverRouter.updateWan(this.wanMembers());
  }

  private heard(name: string, payload: Uint8Array): void {
    const logger = this.roleLogger();
    if (name === NEW_LEADER_EVENT) {
      logger.info('New leader elected', { payload: utf8Text(payload) });
    } else if (name.startsWith('consul:event:')) {
      logger.debug('User event', { event: name.slice('consul:event:'.length) });
    } else if (name.startsWith('consul:')) logger.warn('Unhandled local event', { event: name });
  }

  private roleLogger(): Logger {
    return this.options.logger.named(this.options.isServer ? 'server' : 'client');
  }
}

function sortedViews(members: readonly SerfMember[]): readonly Member[] {
  return members.map(memberView).sort((a, b) => (a.Name < b.Name ? -1 : 1));
}
