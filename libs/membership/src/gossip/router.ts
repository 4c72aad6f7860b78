import type { Logger, Platform } from '@mesh/base';
import { roundTripSeconds } from '@mesh/gossip';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import type { PoolCoordinates } from '../pool-services.ts';
import { type ServerMember, serverMember } from '../server-member.ts';
import type { ServerPicker, ServerRouter } from '../server-picker.ts';
import { isServer } from '../server-tags.ts';
import { ServerList } from './server-list.ts';

export interface RouterOptions {
  readonly datacenter: string;
  readonly coordinates: PoolCoordinates;
  readonly platform: Pick<Platform, 'random' | 'clock'>;
  /** Named agent.server or agent.client. */
  readonly logger: Logger;
  /** Whether this agent is a server, for the words of the log. */
  readonly isServer: boolean;
}

/** Servers of all datacenters as the pools know them; told by `update` when those change. */
export class Router implements ServerRouter {
  private readonly options: RouterOptions;
  private readonly localList: ServerList;
  private readonly remoteLists = new Map<string, ServerList>();
  private servers: readonly ServerMember[] = [];
  private wanServers: readonly ServerMember[] = [];
  private lanSize = 1;
  private wanSize = 1;
  private readonly listeners = new Set<() => void>();

  constructor(options: RouterOptions) {
    this.options = options;
    this.localList = new ServerList({ ...options.platform, poolSize: () => this.lanSize });
  }

  get local(): ServerPicker {
    return this.localList;
  }

  remote(datacenter: string): ServerPicker | undefined {
    if (datacenter === this.options.datacenter) return this.localList;
    return this.remoteLists.get(datacenter);
  }

  datacenters(): readonly string[] {
    const times = new Map<string, number[]>([[this.options.datacenter, [0]]]);
    for (const { datacenter, name } of this.wanServers) {
      const known = times.get(datacenter);
      const time = this.distanceTo(datacenter, name);
      if (known) known.push(time);
      else times.set(datacenter, [time]);
    }
    return [...times]
      .map(([name, all]) => ({ name, median: all.sort((a, b) => a - b)[all.length >> 1]! }))
      .sort((a, b) => compare(a.median, b.median) || compare(a.name, b.name))
      .map(({ name }) => name);
  }

  localServers(): readonly ServerMember[] {
    return this.servers;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** LAN members changed. */
  updateLan(members: readonly Member[]): void {
    const { datacenter } = this.options;
    this.lanSize = members.length;
    const servers = serversAmong(members).filter(
      (server) => server.status === MEMBER_STATUS.alive && server.datacenter === datacenter,
    );
    const before = this.servers;
    if (isSame(before, servers)) return;
    this.servers = servers;
    this.localList.update(servers);
    for (const server of missingFrom(before, servers)) this.log('Adding', 'adding', server);
    for (const server of missingFrom(servers, before)) this.log('Removing', 'removing', server);
    this.changed();
  }

  /** The LAN pool has so many members now; its servers are the same. */
  resize(members: number): void {
    this.lanSize = members;
  }

  /** WAN members changed. A datacenter stays known while it has a server that did not leave. */
  updateWan(members: readonly Member[]): void {
    this.wanSize = members.length;
    const servers = serversAmong(members).filter(({ status }) => status !== MEMBER_STATUS.left);
    if (isSame(this.wanServers, servers)) return;
    this.wanServers = servers;
    const names = new Set(servers.map(({ datacenter }) => datacenter));
    names.delete(this.options.datacenter);
    for (const name of [...this.remoteLists.keys()]) {
      if (!names.has(name)) this.remoteLists.delete(name);
    }
    for (const name of names) {
      const alive = servers.filter(
        ({ datacenter, status }) => datacenter === name && status === MEMBER_STATUS.alive,
      );
      this.listOf(name).update(alive);
    }
    this.changed();
  }

  private listOf(datacenter: string): ServerList {
    const known = this.remoteLists.get(datacenter);
    if (known) return known;
    const list = new ServerList({ ...this.options.platform, poolSize: () => this.wanSize });
    this.remoteLists.set(datacenter, list);
    return list;
  }

  /** Seconds; infinite where it is not known, nothing within this datacenter. */
  private distanceTo(datacenter: string, member: string): number {
    if (datacenter === this.options.datacenter) return 0;
    const own = this.options.coordinates.own('wan');
    const other = this.options.coordinates.of('wan', member);
    return own && other ? roundTripSeconds(own, other) : Number.POSITIVE_INFINITY;
  }

  private log(atServer: string, atClient: string, server: ServerMember): void {
    const { logger } = this.options;
    const { name, rpcAddress, datacenter } = server;
    const told = `${name} (Addr: tcp/${rpcAddress}) (DC: ${datacenter})`;
    const message = this.options.isServer ? `${atServer} LAN server` : `${atClient} server`;
    logger.info(message, { server: told });
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function serversAmong(members: readonly Member[]): ServerMember[] {
  return members
    .filter(({ Tags }) => isServer(Tags))
    .map(serverMember)
    .filter((server) => server !== undefined);
}

function missingFrom(
  list: readonly ServerMember[],
  all: readonly ServerMember[],
): readonly ServerMember[] {
  const known = new Set(list.map(({ name, rpcAddress }) => `${name} ${rpcAddress}`));
  return all.filter(({ name, rpcAddress }) => !known.has(`${name} ${rpcAddress}`));
}

function isSame(one: readonly ServerMember[], other: readonly ServerMember[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
