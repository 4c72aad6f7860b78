import { type Component, type Logger, MeshError, type Platform } from '@mesh/base';
import type { ServiceIdentity } from '@mesh/connect-ca';
import type { AgentHttp } from './agent-http.ts';
import type { AgentPresence } from './agent-presence.ts';
import { AgentQuestions } from './agent-questions.ts';
import { Decisions } from './decisions.ts';
import { Identity } from './identity.ts';
import { LiveConnections } from './live-connections.ts';
import { MeshWatch } from './mesh-watch.ts';
import { ProxyMetrics } from './metrics.ts';
import type { ProxyConfig } from './proxy-config.ts';
import { PublicListener } from './public-listener.ts';
import { type ProxyStatus, presentValues, statusOf } from './status.ts';
import { Upstreams } from './upstreams.ts';

export interface SidecarProxyOptions {
  /** Id of the registration; '' where flags say all. */
  readonly proxyId: string;
  readonly config: ProxyConfig;
  readonly http: AgentHttp;
  readonly presence: AgentPresence;
  readonly platform: Platform;
  /** Named proxy. */
  readonly logger: Logger;
}

/**
 * A sidecar proxy. It gets what it needs from an agent and goes on with the last of it while the agent is away; what
 * it decides, it decides by itself.
 */
export class SidecarProxy implements Component {
  readonly name = 'proxy';
  readonly metrics = new ProxyMetrics();
  readonly live = new LiveConnections();
  readonly identity: Identity;
  readonly decisions: Decisions;
  readonly upstreams: Upstreams;
  private readonly options: SidecarProxyOptions;
  private readonly startedMs: number;
  private config: ProxyConfig;
  private watch: MeshWatch | undefined;
  private listener: PublicListener | undefined;

  constructor(options: SidecarProxyOptions) {
    this.options = options;
    this.config = options.config;
    const { http, presence, platform, logger } = options;
    const { metrics, live } = this;
    const questions = new AgentQuestions(http, presence);
    this.startedMs = platform.clock.nowMs();
    this.identity = new Identity(logger, platform.clock);
    this.decisions = new Decisions({
      ask: (source) => questions.authorize(source, this.config.service),
    });
    this.decisions.onChange(() => this.endForbidden());
    const { identity } = this;
    const shared = { http, presence, questions, identity, live, metrics, platform, logger };
    this.upstreams = new Upstreams(shared);
  }

  /** Serves once it has its certificate, roots and intentions. Rejects with MeshError. */
  async start(): Promise<void> {
    await this.follow();
    this.options.logger.info('Proxy loaded config and ready to serve');
    await this.listen();
    await this.upstreams.apply(this.config.upstreams);
  }

  /**
   * Goes on with another configuration: connections that stand live on. Rejects with MeshError when a part of it
   * cannot be had; the rest holds.
   */
  async apply(config: ProxyConfig): Promise<void> {
    const before = this.config;
    this.config = config;
    this.options.logger.info('Updating proxy configuration');
    if (before.service !== config.service) await this.follow();
    const isElsewhere = (['bindAddress', 'bindPort'] as const).some(
      (name) => before.publicListener[name] !== config.publicListener[name],
    );
    if (isElsewhere || !this.listener) await this.listen();
    else this.listener.update(config.publicListener);
    await this.upstreams.apply(config.upstreams);
  }

  /** Takes no more connections, and waits for those that stand as long as the configuration says. */
  async drain(): Promise<void> {
    const { platform, logger } = this.options;
    const { drainTimeoutMs } = this.config;
    await this.listener?.stop();
    await this.upstreams.unlisten();
    const count = this.live.size;
    if (count === 0) return;
    logger.info('waiting for connections to end', { count, limit: `${drainTimeoutMs}ms` });
    await new Promise<void>((resolve) => {
      const timer = platform.timers.after(drainTimeoutMs, resolve);
      void this.live.whenEmpty().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.watch?.stop();
    await this.listener?.stop();
    this.listener?.endHandshakes();
    await this.upstreams.stop();
    this.live.end(() => true);
  }

  status(): ProxyStatus {
    return statusOf(this.parts());
  }

  /** Prometheus text format 0.0.4. */
  prometheus(): string {
    return this.metrics.text(presentValues(this.parts()));
  }

  private parts() {
    const { identity, decisions, live, metrics, config, startedMs } = this;
    const { proxyId, presence, platform } = this.options;
    const upstreams = this.upstreams.listeners();
    const nowMs = platform.clock.nowMs();
    return {
      ...{ proxyId, presence, identity, decisions, live, metrics, upstreams, config },
      ...{ startedMs, nowMs },
    };
  }

  private async follow(): Promise<void> {
    this.watch?.stop();
    const { identity, decisions, config } = this;
    const { http, presence, platform, logger } = this.options;
    const { service } = config;
    this.watch = new MeshWatch({
      ...{ service, identity, decisions, http, presence, platform, logger },
    });
    await this.watch.start();
  }

  private async listen(): Promise<void> {
    await this.listener?.stop();
    this.listener = undefined;
    const settings = this.config.publicListener;
    if (settings.bindPort === 0) return;
    const { identity, decisions, live, metrics } = this;
    const { platform, logger } = this.options;
    const listener = new PublicListener({
      ...{ settings, identity, decisions, live, metrics, platform, logger },
    });
    await listener.start();
    this.listener = listener;
  }

  /** Ends connections that an intention forbids by now; where none decides any more, the agent is asked. */
  private endForbidden(): void {
    if (!this.config.denyClosesConnections) return;
    const unknown = new Map<string, ServiceIdentity>();
    const isForbidden = (peer: ServiceIdentity) => {
      const known = this.decisions.known(peer);
      if (known === undefined) unknown.set(nameOf(peer), peer);
      return known === false;
    };
    this.end(isForbidden);
    for (const [name, peer] of unknown) {
      this.decisions.isAllowed(peer).then(
        (isAllowed) => {
          if (!isAllowed) this.end((other) => nameOf(other) === name);
        },
        (thrown) => {
          const { message } = MeshError.from(thrown);
          const service = peer.service;
          this.options.logger.warn('live connections could not be decided', {
            ...{ service, error: message },
          });
        },
      );
    }
  }

  private end(isForbidden: (peer: ServiceIdentity) => boolean): void {
    const count = this.live.end(
      ({ direction, peer }) => direction === 'public' && isForbidden(peer),
    );
    if (count === 0) return;
    this.metrics.add('closed_by_intention_total', {}, count);
    this.options.logger.info('connections ended by an intention', { count });
  }
}

function nameOf({ namespace, datacenter, service }: ServiceIdentity): string {
  return JSON.stringify([namespace, datacenter, service]);
}
