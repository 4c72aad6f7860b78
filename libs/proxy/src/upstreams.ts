import type { Component, Logger, Platform, Timer } from '@mesh/base';
import { MeshError } from '@mesh/base';
import type { AgentHttp } from './agent-http.ts';
import type { AgentPresence } from './agent-presence.ts';
import type { AgentQuestions } from './agent-questions.ts';
import { EndpointRing, endpointsOf } from './endpoints.ts';
import type { Identity } from './identity.ts';
import type { LiveConnections } from './live-connections.ts';
import type { ProxyMetrics } from './metrics.ts';
import type { UpstreamConfig } from './proxy-config.ts';
import { Sessions } from './sessions.ts';
import { UpstreamListener, upstreamLabel } from './upstream-listener.ts';
import { Watched } from './watched.ts';

/** Between two runs of a prepared query, milliseconds: queries cannot be waited for. */
const QUERY_MS = 10_000;

export interface UpstreamsOptions {
  readonly http: AgentHttp;
  readonly presence: AgentPresence;
  readonly questions: AgentQuestions;
  readonly identity: Identity;
  readonly live: LiveConnections;
  readonly metrics: ProxyMetrics;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** One upstream: its listener, and what follows its instances. */
interface Upstream {
  readonly listener: UpstreamListener;
  unfollow(): void;
}

/** The upstreams of a proxy, by what they are and where they listen. */
export class Upstreams implements Component {
  readonly name = 'upstreams';
  private readonly options: UpstreamsOptions;
  private readonly sessions = new Sessions();
  private readonly all = new Map<string, Upstream>();

  constructor(options: UpstreamsOptions) {
    this.options = options;
  }

  /** For those that are shown. */
  listeners(): readonly UpstreamListener[] {
    return [...this.all.values()].map(({ listener }) => listener);
  }

  async start(): Promise<void> {}

  /**
   * Listens for these and no others. Connections of those that go live on. Rejects with MeshError when one cannot
   * listen; the others do.
   */
  async apply(configs: readonly UpstreamConfig[]): Promise<void> {
    const wanted = new Map(configs.map((config) => [keyOf(config), config]));
    for (const [key, upstream] of this.all) {
      if (wanted.has(key)) continue;
      this.all.delete(key);
      upstream.unfollow();
      await upstream.listener.stop();
    }
    let failure: unknown;
    for (const [key, config] of wanted) {
      const present = this.all.get(key);
      if (present) present.listener.update(config);
      else {
        try {
          this.all.set(key, await this.create(config));
        } catch (thrown) {
          failure ??= thrown;
        }
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** Takes no more connections. Instances are still followed. */
  async unlisten(): Promise<void> {
    for (const { listener } of this.all.values()) await listener.stop();
  }

  async stop(): Promise<void> {
    for (const { listener, unfollow } of this.all.values()) {
      unfollow();
      await listener.stop();
      listener.endHandshakes();
    }
    this.all.clear();
  }

  private async create(settings: UpstreamConfig): Promise<Upstream> {
    const { identity, live, metrics, platform, logger } = this.options;
    const { sessions } = this;
    const ring = new EndpointRing(platform.clock, platform.random);
    const shared = { ring, identity, sessions, live, metrics, platform, logger };
    const listener = new UpstreamListener({ settings, ...shared });
    await listener.start();
    // It listens at once; until the first answer there is no instance.
    const follow = settings.type === 'service' ? this.followService : this.followQuery;
    return { listener, unfollow: follow.call(this, settings, ring) };
  }

  private followService(settings: UpstreamConfig, ring: EndpointRing): () => void {
    const { http, presence, platform, logger } = this.options;
    const { name, datacenter } = settings;
    const dc = datacenter === '' ? '' : `&dc=${encodeURIComponent(datacenter)}`;
    const watched = new Watched({
      path: `/v1/health/connect/${encodeURIComponent(name)}?passing=1${dc}`,
      what: `endpoints of ${name}`,
      decode: endpointsOf,
      onValue: (endpoints) => ring.set(endpoints),
      ...{ http, presence, platform, logger },
    });
    // What it was refused is in the log by then; it asks on.
    watched.start().catch(() => {});
    return () => watched.stop();
  }

  private followQuery(settings: UpstreamConfig, ring: EndpointRing): () => void {
    const { questions, platform, logger } = this.options;
    let timer: Timer | undefined;
    let isOver = false;
    let isFailing = false;
    const round = async () => {
      try {
        ring.set(await questions.execute(settings.name, settings.datacenter));
        isFailing = false;
      } catch (thrown) {
        const upstream = upstreamLabel(settings);
        const { message } = MeshError.from(thrown);
        if (!isFailing) logger.warn('going on with what is known', { upstream, error: message });
        isFailing = true;
      }
      if (!isOver) timer = platform.timers.after(QUERY_MS, () => void round());
    };
    void round();
    return () => {
      isOver = true;
      timer?.cancel();
    };
  }
}

function keyOf({ type, name, datacenter, bindAddress, bindPort }: UpstreamConfig): string {
  return JSON.stringify([type, name, datacenter, bindAddress, bindPort]);
}
