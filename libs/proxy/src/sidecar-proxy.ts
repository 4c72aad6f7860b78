import type { Intention } from '@mesh/api-contract';
import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import { type ServiceIdentity, serviceUri } from '@mesh/connect-ca';
import type { AgentHttp } from './agent-http.ts';
import { Decisions } from './decisions.ts';
import { EndpointRing, endpointsOf } from './endpoints.ts';
import { Identity, type Leaf, type Roots } from './identity.ts';
import { LiveConnections } from './live-connections.ts';
import { ProxyMetrics } from './metrics.ts';
import type { ProxyConfig, UpstreamConfig } from './proxy-config.ts';
import { PublicListener } from './public-listener.ts';
import { UpstreamListener } from './upstream-listener.ts';
import { Watched } from './watched.ts';

/** Between two runs of a prepared query, milliseconds: queries cannot be waited for. */
const QUERY_MS = 10_000;

export interface SidecarProxyOptions {
  readonly config: ProxyConfig;
  readonly http: AgentHttp;
  readonly platform: Platform;
  /** Named proxy. */
  readonly logger: Logger;
}

/** A sidecar proxy with one configuration. */
export class SidecarProxy implements Component {
  readonly name = 'proxy';
  readonly metrics = new ProxyMetrics();
  readonly live = new LiveConnections();
  readonly identity: Identity;
  private readonly options: SidecarProxyOptions;
  private readonly decisions: Decisions;
  private readonly watches: { stop(): void }[] = [];
  private readonly timers = new Set<Timer>();
  private listeners: Component[] = [];

  constructor(options: SidecarProxyOptions) {
    this.options = options;
    this.identity = new Identity(options.logger);
    this.decisions = new Decisions({ ask: (source) => this.ask(source) });
    if (options.config.denyClosesConnections) {
      this.decisions.onChange(() => this.endForbidden());
    }
  }

  /** Serves once it has its certificate, roots and intentions. Rejects with MeshError. */
  async start(): Promise<void> {
    const { config, logger } = this.options;
    const { service, bindPort } = config;
    await Promise.all([
      this.watch('CA roots', '/v1/agent/connect/ca/roots', (value) =>
        this.identity.setRoots(value as Roots),
      ),
      this.watch('leaf certificate', `/v1/agent/connect/ca/leaf/${encode(service)}`, (value) =>
        this.identity.setLeaf(value as Leaf),
      ),
      this.watch(
        'intentions',
        `/v1/connect/intentions/match?by=destination&name=${encode(service)}`,
        (value) => this.decisions.set(matchesOf(value, service)),
      ),
    ]);
    logger.info('Proxy loaded config and ready to serve');
    const upstreams = config.upstreams.map((upstream) => this.upstream(upstream));
    this.listeners = bindPort > 0 ? [this.publicListener(), ...upstreams] : upstreams;
    for (const listener of this.listeners) await listener.start();
  }

  /** Takes no more connections, and waits for those that stand; what is left after `drainMs` is ended. */
  async drain(drainMs: number): Promise<void> {
    for (const listener of this.listeners) await listener.stop();
    const { platform } = this.options;
    const endMs = platform.clock.monotonicMs() + drainMs;
    while (this.live.size > 0 && platform.clock.monotonicMs() < endMs) {
      await new Promise<void>((resolve) => platform.timers.after(100, resolve));
    }
  }

  async stop(): Promise<void> {
    for (const listener of this.listeners) await listener.stop();
    for (const watch of this.watches) watch.stop();
    for (const timer of this.timers) timer.cancel();
    this.live.end(() => true);
  }

  private watch(what: string, path: string, onValue: (value: unknown) => void): Promise<void> {
    const { http, platform, logger } = this.options;
    const decode = (value: unknown) => value;
    const watched = new Watched({ http, path, what, decode, onValue, platform, logger });
    this.watches.push(watched);
    return watched.start();
  }

  private publicListener(): PublicListener {
    const { config, platform, logger } = this.options;
    const { identity, decisions, live, metrics } = this;
    return new PublicListener({ ...config, identity, decisions, live, metrics, platform, logger });
  }

  private upstream(upstream: UpstreamConfig): UpstreamListener {
    const { config, platform, logger } = this.options;
    const { identity, live, metrics } = this;
    const { type, name, datacenter, bindAddress, bindPort, connectTimeoutMs } = upstream;
    const ring = new EndpointRing();
    const dc = datacenter === '' ? '' : `&dc=${encode(datacenter)}`;
    if (type === 'service') {
      const path = `/v1/health/connect/${encode(name)}?passing${dc}`;
      // The listener opens at once; until the first answer there is no instance.
      this.watch(`endpoints of ${name}`, path, (rows) => ring.set(endpointsOf(rows))).catch(
        (thrown) => this.tellUpstream(name, thrown),
      );
    } else this.pollQuery(name, dc, ring);
    return new UpstreamListener({
      ...{ bindAddress, bindPort, connectTimeoutMs, ring, identity, live, metrics },
      ...{ idleTimeoutMs: config.idleTimeoutMs, maxConnections: config.maxConnections },
      service: type === 'service' ? name : undefined,
      label: `${type}:default/${name}`,
      ...{ platform, logger },
    });
  }

  private pollQuery(name: string, dc: string, ring: EndpointRing): void {
    const { http, platform } = this.options;
    const round = () => {
      http
        .ask('GET', `/v1/query/${encode(name)}/execute?connect=true${dc}`)
        .then(({ status, text }) => {
          if (status !== 200) throw new MeshError('unavailable', `${status} ${text}`);
          ring.set(endpointsOf((JSON.parse(text) as { Nodes: unknown }).Nodes));
        })
        .catch((thrown) => this.tellUpstream(name, thrown));
      const timer = platform.timers.after(QUERY_MS, () => {
        this.timers.delete(timer);
        round();
      });
      this.timers.add(timer);
    };
    round();
  }

  private tellUpstream(upstream: string, thrown: unknown): void {
    const { message } = MeshError.from(thrown);
    this.options.logger.error('upstream cannot be looked up', { upstream, error: message });
  }

  /** What the agent says of a source that no intention names. */
  private async ask(source: ServiceIdentity): Promise<boolean> {
    const { http, config } = this.options;
    const body = {
      Target: config.service,
      ClientCertURI: serviceUri(source),
      ClientCertSerial: '',
    };
    const { status, text } = await http.ask('POST', '/v1/agent/connect/authorize', { body });
    if (status !== 200) throw new MeshError('unavailable', `authorize: ${status} ${text.trim()}`);
    return (JSON.parse(text) as { Authorized?: boolean }).Authorized === true;
  }

  /** Ends connections that an intention forbids by now. */
  private endForbidden(): void {
    const ended = this.live.end(
      ({ direction, peer }) => direction === 'public' && this.decisions.known(peer) === false,
    );
    if (ended === 0) return;
    this.metrics.add('closed_by_intention_total', {}, ended);
    this.options.logger.info('connections ended by an intention', { count: ended });
  }
}

function matchesOf(value: unknown, service: string): readonly Intention[] {
  return (value as Readonly<Record<string, readonly Intention[] | null>>)[service] ?? [];
}

function encode(text: string): string {
  return encodeURIComponent(text);
}
