import { catalogResource } from '@mesh/catalog';
import type { RuntimeConfig } from '@mesh/config';
import { loadConfig } from '@mesh/config';
import {
  coordinateResource,
  coordinateUpdate,
  type NodeCoordinate,
  originCoordinate,
} from '@mesh/coordinate';
import { LocalEventBus } from '@mesh/event';
import { healthResource } from '@mesh/health';
import { kvResource } from '@mesh/kv';
import { createLogHub } from '@mesh/logging';
import { createMetrics } from '@mesh/metrics';
import { DirectRpc } from '@mesh/testkit';
import { AgentTokens } from '../acl/agent-tokens.ts';
import { type Agent, createAgent } from '../agent.ts';
import { LoneMembership } from './lone-membership.ts';
import { ManualPlatform } from './manual-platform.ts';

/** TLS of an agent that would show its certificate in checks, and has none. */
export const CHECK_TLS: RuntimeConfig['tls'] = {
  ...{ caFile: '', caPath: '', certFile: '', keyFile: '', serverName: '' },
  ...{ verifyIncomingRpc: false, verifyIncomingHttps: false, verifyOutgoing: false },
  ...{ verifyServerHostname: false, minVersion: 'tls12', cipherSuites: [] },
  ...{ preferServerCipherSuites: false, agentTlsForChecks: true },
};

/** A DirectRpc that can be cut off from the servers. */
export class FlakyRpc extends DirectRpc {
  /** Thrown by every call while it is set. */
  failure: Error | undefined;
  readonly writes: string[] = [];

  override read: DirectRpc['read'] = (endpoint, args, options) =>
    this.failure
      ? Promise.reject(this.failure)
      : (DirectRpc.prototype.read.call(this, endpoint, args, options) as never);

  override write: DirectRpc['write'] = (endpoint, args, options) => {
    if (this.failure) return Promise.reject(this.failure);
    this.writes.push(endpoint.method);
    return DirectRpc.prototype.write.call(this, endpoint, args, options) as never;
  };
}

/** Everything that an agent test looks at. */
export interface AgentRig {
  readonly agent: Agent;
  readonly rpc: FlakyRpc;
  readonly platform: ManualPlatform;
  readonly bus: LocalEventBus;
  readonly config: RuntimeConfig;
  readonly coordinates: NodeCoordinate[];
  /** Log lines so far, without time. */
  readonly lines: string[];
  readonly asked: string[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Lets anti-entropy finish what it is at. */
  settle(): Promise<void>;
}

const hooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

/** An agent on a state store in memory; nothing has been started. */
export function createRig(change: Partial<RuntimeConfig> = {}): AgentRig {
  const platform = new ManualPlatform();
  const { config: loaded } = loadConfig({ argv: ['-dev', '-node=vm'], random: platform.random });
  const config: RuntimeConfig = { ...loaded, ...change };
  const rpc = new FlakyRpc([
    catalogResource(hooks),
    healthResource(),
    coordinateResource({ nodeExists: () => true }),
    kvResource(),
  ]);
  const lines: string[] = [];
  const logHub = createLogHub({ level: 'DEBUG', json: false, clock: platform.clock, write() {} });
  logHub.subscribe({ level: 'DEBUG', json: false, write: (line) => lines.push(line.slice(25)) });
  const coordinates: NodeCoordinate[] = [];
  const asked: string[] = [];
  const bus = new LocalEventBus();
  const agent = createAgent({
    config,
    tokens: new AgentTokens(config.aclTokens),
    rpc,
    membership: new LoneMembership(config, '1.8.6'),
    platform,
    logger: logHub.logger('agent'),
    logHub,
    metrics: createMetrics({ clock: platform.clock, prometheusRetentionMs: 0 }),
    version: '1.8.6',
    actions: {
      leave: async () => void asked.push('leave'),
      reload: async () => void asked.push('reload'),
    },
    serverStats: () => ({ raft: { state: 'Leader' } }),
    events: bus,
    onServers: () => () => {},
    connect: {
      isEnabled: true,
      certifier: { createKey: async () => 'a key', createCsr: async () => 'a request' },
    },
    coordinate: originCoordinate,
    coordinateUpdate: coordinateUpdate((update) => coordinates.push(update)),
  });
  return {
    agent,
    rpc,
    platform,
    bus,
    config,
    coordinates,
    lines,
    asked,
    start: async () => {
      for (const component of agent.components) await component.start();
    },
    stop: async () => {
      for (const component of [...agent.components].reverse()) await component.stop();
    },
    settle: async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
