import { setDefaultHighWaterMark } from 'node:stream';
import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import {
  type AgentHttp,
  AgentPresence,
  configOf,
  hostPort,
  type ProxyConfig,
  SelfRegistration,
  SidecarProxy,
  StatusServer,
  Watched,
} from '@mesh/proxy';
import { profilePages } from '../profile-pages.ts';

/** What a sidecar is to do. */
export interface SidecarPlan {
  /** Id of its registration in the agent, which says what to do and may change; '' where `config` says it. */
  readonly proxyId: string;
  readonly config: ProxyConfig | undefined;
  /** Registers itself in the agent: what to put behind its id, '' for nothing. */
  readonly registerSuffix?: string | undefined;
  /** `HOST:PORT` of Prometheus' endpoint besides the configuration's; '' for none. */
  readonly metricsAddress: string;
  /** `HOST:PORT` where profiles of the process can be taken; '' for none. */
  readonly profileAddress: string;
  /** Unix socket of the status. */
  readonly statusPath: string;
}

export interface SidecarOptions {
  readonly plan: SidecarPlan;
  readonly http: AgentHttp;
  readonly platform: Platform;
  /** Named proxy. */
  readonly logger: Logger;
}

/** Bytes that wait in one direction of one connection before its reading stops. */
const BUFFERED_BYTES = 64 * 1024;

/** A running sidecar. */
export interface Sidecar {
  /** Takes no more connections, lets those that stand end, and stops. */
  shutdown(): Promise<void>;
}

/** Starts a sidecar proxy; rejects with MeshError when it cannot begin. While the agent is away it waits. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  setDefaultHighWaterMark(false, BUFFERED_BYTES);
  const run = new SidecarRun(options);
  try {
    await run.start();
  } catch (error) {
    await run.stop();
    throw error;
  }
  return run;
}

class SidecarRun implements Sidecar {
  private readonly options: SidecarOptions;
  private readonly presence: AgentPresence;
  private readonly others: Component[] = [];
  private watched: Watched<ProxyConfig> | undefined;
  private proxy: SidecarProxy | undefined;
  /** One change at a time. */
  private changes: Promise<void> = Promise.resolve();
  private metricsAddress = '';

  constructor(options: SidecarOptions) {
    this.options = options;
    this.presence = new AgentPresence(options.logger);
  }

  async start(): Promise<void> {
    const { plan } = this.options;
    if (plan.config) await this.use(plan.config);
    else await this.follow(plan.proxyId);
    await this.addStatus();
    if (plan.profileAddress !== '') {
      await this.add(this.statusServer('-pprof-addr', plan.profileAddress, true));
    }
    const { config, registerSuffix } = plan;
    if (config && registerSuffix !== undefined) await this.register(config, registerSuffix);
  }

  async shutdown(): Promise<void> {
    this.watched?.stop();
    // No one should be sent here any more.
    for (const each of this.others) if (each instanceof SelfRegistration) await each.stop();
    await this.proxy?.drain();
    await this.stop();
  }

  async stop(): Promise<void> {
    this.watched?.stop();
    for (const component of this.others.reverse()) await component.stop();
    await this.proxy?.stop();
  }

  private async follow(proxyId: string): Promise<void> {
    const { http, platform, logger } = this.options;
    const { presence } = this;
    let first: Promise<void> | undefined;
    this.watched = new Watched({
      ...{ http, platform, logger, presence, by: 'hash', what: 'configuration' },
      path: `/v1/agent/service/${encodeURIComponent(proxyId)}`,
      decode: configOf,
      onValue: (config) => {
        const used = this.use(config);
        if (first) {
          used.catch((thrown) => {
            const { message } = MeshError.from(thrown);
            logger.error('a part of the new configuration cannot be had', { error: message });
          });
        }
        first ??= used;
      },
    });
    await this.watched.start();
    await first;
  }

  private use(config: ProxyConfig): Promise<void> {
    const change = async () => {
      const { proxy } = this;
      if (proxy) await proxy.apply(config);
      else await this.create(config);
      if (config.metricsAddress !== '') await this.serveMetrics(config.metricsAddress);
    };
    const changed = this.changes.then(change);
    this.changes = changed.catch(() => {});
    return changed;
  }

  private async create(config: ProxyConfig): Promise<void> {
    const { http, platform, logger, plan } = this.options;
    const { presence } = this;
    this.proxy = new SidecarProxy({
      ...{ proxyId: plan.proxyId, config, http, presence, platform, logger },
    });
    await this.proxy.start();
    if (plan.metricsAddress !== '') await this.serveMetrics(plan.metricsAddress);
  }

  /** Once: another address takes a restart. */
  private async serveMetrics(address: string): Promise<void> {
    if (this.metricsAddress !== '') return;
    this.metricsAddress = address;
    await this.add(this.statusServer('prometheus_bind_addr', address, false));
  }

  private statusServer(what: string, address: string, withProfiles: boolean): StatusServer {
    const { host, port } = hostPort(what, address);
    const at = { host: host || '127.0.0.1', port };
    return new StatusServer({
      ...{ at, withStatus: false, source: this.proxy! },
      ...(withProfiles ? { more: profilePages } : {}),
    });
  }

  /** Without it -status shows nothing; the proxy works all the same. */
  private async addStatus(): Promise<void> {
    const { plan, logger } = this.options;
    const at = { path: plan.statusPath };
    try {
      await this.add(new StatusServer({ at, withStatus: true, source: this.proxy! }));
    } catch (thrown) {
      logger.warn('no status is shown', { error: MeshError.from(thrown).message });
    }
  }

  private async register(config: ProxyConfig, idSuffix: string): Promise<void> {
    const { http, platform, logger } = this.options;
    const { bindAddress, bindPort } = config.publicListener;
    await this.add(
      new SelfRegistration({
        ...{ service: config.service, idSuffix, http, platform, logger },
        // Without an address of its own it is that of the node.
        address: bindAddress === '0.0.0.0' || bindAddress === '::' ? '' : bindAddress,
        port: bindPort,
      }),
    );
  }

  private async add(component: Component): Promise<void> {
    await component.start();
    this.others.push(component);
  }
}
