import type { Logger, LogLevel, LogValue } from '@mesh/base';
import { noMetrics, type Platform } from '@mesh/base';
import type { GossipPoolConfig } from '@mesh/config';
import { LAN_CONFIG } from '@mesh/gossip';
import { ManualTimers } from '@mesh/testkit';
import { createMembership, type MembershipConfig } from '../gossip/create-membership.ts';
import type { GossipMembership } from '../gossip/gossip-membership.ts';
import { MEMBER_STATUS, type Member } from '../membership.ts';
import { MemoryNetwork } from './memory-network.ts';

/** Ports of every agent of a test. */
export const LAN_PORT = 8301;
export const WAN_PORT = 8302;

export type AgentSettings = Partial<Omit<MembershipConfig, 'gossip' | 'join'>> & {
  readonly rejoinAfterLeave?: boolean;
  readonly lan?: Partial<GossipPoolConfig>;
  readonly wan?: Partial<GossipPoolConfig>;
};

/** Agents in one process that gossip through memory; time moves when told. */
export class GossipWorld {
  readonly timers = new ManualTimers();
  readonly network = new MemoryNetwork(this.timers);
  /** Lines of all agents: `agent.server: message key=value`. */
  readonly lines: string[] = [];
  private readonly agents: GossipMembership[] = [];
  private seed = 1;

  readonly platform: Platform = {
    clock: { nowMs: () => this.timers.nowMs, monotonicMs: () => this.timers.nowMs },
    random: { float: () => this.random(), bytes: (count) => new Uint8Array(count), uuid: () => '' },
    timers: this.timers,
  };

  /** An agent at 10.0.0.HOST; a server unless told otherwise. */
  create(host: number, settings: AgentSettings = {}): GossipMembership {
    const agent = createMembership(agentConfig(host, settings), {
      platform: this.platform,
      logger: this.logger('agent'),
      metrics: noMetrics,
      version: '1.8.6',
      resolve: async (name) => {
        if (name === 'both.example') return ['10.0.0.1', '10.0.0.2'];
        throw new Error(`lookup ${name}: no such host`);
      },
      createTransport: ({ port }) => this.network.transport({ host: `10.0.0.${host}`, port }),
    });
    this.agents.push(agent);
    return agent;
  }

  async add(host: number, settings: AgentSettings = {}): Promise<GossipMembership> {
    const agent = this.create(host, settings);
    await agent.start();
    return agent;
  }

  async advance(byMs: number): Promise<void> {
    await this.timers.advance(byMs);
    await new Promise(setImmediate);
  }

  /** Lets time pass until it is so. Throws when it is not after `maxMs`. */
  async until(isSo: () => boolean, maxMs = 60_000): Promise<void> {
    for (let waitedMs = 0; !isSo(); waitedMs += 100) {
      if (waitedMs > maxMs) throw new Error(`not so after ${maxMs} ms`);
      await this.advance(100);
    }
  }

  /** Waits for a promise while time passes. */
  async wait<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    promise.then(settled, settled);
    await this.until(() => isSettled, maxMs);
    return promise;
  }

  async stop(): Promise<void> {
    for (const agent of this.agents) await agent.stop();
  }

  logger(name: string): Logger {
    const at =
      (level: LogLevel) =>
      (message: string, fields: Readonly<Record<string, LogValue>> = {}) => {
        const values = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`);
        this.lines.push(`[${level}] ${name}: ${message}${values.join('')}`);
      };
    return {
      ...{ trace: () => {}, debug: at('DEBUG'), info: at('INFO') },
      ...{ warn: at('WARN'), error: at('ERROR'), enabled: () => true },
      named: (sub) => this.logger(`${name}.${sub}`),
    };
  }

  /** The same in each run (Lehmer's generator). */
  private random(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }
}

/** Configuration of the agent at 10.0.0.HOST. */
export function agentConfig(host: number, settings: AgentSettings): MembershipConfig {
  const address = `10.0.0.${host}`;
  const { rejoinAfterLeave = false, lan, wan, ...rest } = settings;
  const pool: GossipPoolConfig = {
    bindAddress: address,
    allowedCidrs: [],
    gossipIntervalMs: LAN_CONFIG.gossipIntervalMs,
    gossipNodes: 3,
    probeIntervalMs: LAN_CONFIG.probeIntervalMs,
    probeTimeoutMs: LAN_CONFIG.probeTimeoutMs,
    retransmitMult: 4,
    suspicionMult: 4,
    reconnectTimeoutMs: LAN_CONFIG.reconnectTimeoutMs,
  };
  return {
    ...{ advertiseLan: address, advertiseWan: address, bindAddress: address },
    ...{ bootstrap: false, bootstrapExpect: 0, server: true, segment: '', datacenter: 'dc1' },
    ...{ nodeName: `n${host}`, nodeId: `id-${host}` },
    ports: {
      server: 8300,
      serfLan: LAN_PORT,
      serfWan: WAN_PORT,
      http: 1,
      https: -1,
      grpc: -1,
      dns: 1,
    },
    ...{ dataDir: '', disableCoordinates: false, encryptKey: '' },
    gossip: {
      ...{ lan: { ...pool, ...lan }, wan: { ...pool, ...wan } },
      ...{ verifyIncoming: true, verifyOutgoing: true, disableKeyringFile: false },
    },
    join: {
      ...{ startLan: [], startWan: [], retryLan: [], retryWan: [], rejoinAfterLeave },
      ...{ retryIntervalMs: 30_000, retryMaxAttempts: 0 },
      ...{ retryIntervalWanMs: 30_000, retryMaxAttemptsWan: 0 },
    },
    ...rest,
  };
}

/** Names with their status, such as `n1:alive`. */
export function statuses(members: readonly Member[]): readonly string[] {
  const names = Object.entries(MEMBER_STATUS);
  return members.map(
    ({ Name, Status }) => `${Name}:${names.find(([, number]) => number === Status)![0]}`,
  );
}
