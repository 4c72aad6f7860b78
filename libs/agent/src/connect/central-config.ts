import type { ProxyConfig } from '@mesh/api-contract';
import { type Component, type Logger, MeshError, type Platform, type Timer } from '@mesh/base';
import { configResolve, type ResolvedConfig } from '@mesh/config-entry';
import { PLAIN_READ, type Rpc } from '@mesh/resource';
import type { AgentService } from '../local-state/entries.ts';

/** First and longest wait after a failure, milliseconds. */
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;

export interface CentralConfigOptions {
  /** enable_central_service_config: off, registrations stay as they are. */
  readonly isEnabled: boolean;
  readonly rpc: Rpc;
  readonly platform: Platform;
  readonly logger: Logger;
  token(): string;
  /** A registration comes to say something else. */
  readonly onChange: (id: string, merged: AgentService) => void;
}

/** What is followed for one registration. */
interface Followed {
  readonly service: AgentService;
  readonly abort: AbortController;
  resolved: ResolvedConfig | undefined;
  timer: Timer | undefined;
  retryMs: number;
}

/**
 * Fills registrations of proxies with what the central configuration says of their service: what they say
 * themselves stands above it. Follows it while they are registered.
 */
export class CentralConfig implements Component {
  readonly name = 'central-config';
  private readonly options: CentralConfigOptions;
  private readonly followed = new Map<string, Followed>();
  /** From before a reload: what was known of them still holds. */
  private former: ReadonlyMap<string, Followed> = new Map();
  private isRunning = false;

  constructor(options: CentralConfigOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (const followed of this.followed.values()) this.follow(followed, 0);
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.clear();
  }

  /** A registration with what is known of its central configuration; more comes by `onChange`. */
  merged(service: AgentService): AgentService {
    const before = this.followed.get(service.ID) ?? this.former.get(service.ID);
    this.forget(service.ID);
    if (!this.options.isEnabled || !isProxy(service)) return service;
    const isSame =
      before && JSON.stringify(asked(before.service)) === JSON.stringify(asked(service));
    const followed: Followed = {
      ...{ service, abort: new AbortController(), timer: undefined, retryMs: RETRY_MIN_MS },
      resolved: isSame ? before.resolved : undefined,
    };
    this.followed.set(service.ID, followed);
    if (this.isRunning) this.follow(followed, 0);
    return followed.resolved ? mergedService(service, followed.resolved) : service;
  }

  forget(id: string): void {
    const followed = this.followed.get(id);
    this.followed.delete(id);
    followed?.timer?.cancel();
    followed?.abort.abort();
  }

  /** Forgets all; who is registered again goes on with what was known. */
  clear(): void {
    this.former = new Map(this.followed);
    for (const id of [...this.followed.keys()]) this.forget(id);
  }

  private follow(followed: Followed, minIndex: number): void {
    const { rpc, token, platform, logger, onChange } = this.options;
    const { service, abort } = followed;
    const options = { ...PLAIN_READ, token: token(), minIndex, signal: abort.signal };
    const again = (delayMs: number, index: number) => {
      followed.timer = platform.timers.after(delayMs, () => this.follow(followed, index));
    };
    rpc.read(configResolve, asked(service), options).then(
      ({ value, index }) => {
        if (abort.signal.aborted) return;
        const isNew = JSON.stringify(value) !== JSON.stringify(followed.resolved);
        followed.resolved = value;
        followed.retryMs = RETRY_MIN_MS;
        again(0, index);
        if (isNew) onChange(service.ID, mergedService(service, value));
      },
      (thrown) => {
        if (abort.signal.aborted) return;
        const { message } = MeshError.from(thrown);
        logger.debug('central configuration not read', { service: service.ID, error: message });
        again(followed.retryMs * (1 + platform.random.float()), 0);
        followed.retryMs = Math.min(followed.retryMs * 2, RETRY_MAX_MS);
      },
    );
  }
}

function isProxy({ Kind }: AgentService): boolean {
  return Kind === 'connect-proxy';
}

function upstreamsOf({ Proxy: proxy }: AgentService) {
  return (proxy?.['Upstreams'] ?? []) as readonly Readonly<Record<string, unknown>>[];
}

/** What the servers are asked for. */
function asked(service: AgentService) {
  return {
    service: String(service.Proxy?.['DestinationServiceName'] ?? service.Service),
    upstreams: [...new Set(upstreamsOf(service).map((one) => String(one['DestinationName'])))],
  };
}

type Settings = Readonly<Record<string, unknown>>;

/** The registration's own settings over the central ones. */
export function mergedService(service: AgentService, central: ResolvedConfig): AgentService {
  const own = (service.Proxy ?? {}) as Settings;
  const filled = (name: string, from: Settings) => {
    const both = { ...from, ...(own[name] as Settings | undefined) };
    return { [name]: both };
  };
  const Upstreams = upstreamsOf(service).map((upstream) => {
    const from = central.UpstreamConfigs[String(upstream['DestinationName'])];
    return from
      ? { ...upstream, Config: { ...from, ...(upstream['Config'] as Settings | undefined) } }
      : upstream;
  });
  const merged = {
    ...own,
    ...(Object.keys(central.ProxyConfig).length > 0 ? filled('Config', central.ProxyConfig) : {}),
    ...(Upstreams.length > 0 ? { Upstreams } : {}),
    ...filled('MeshGateway', central.MeshGateway),
    ...filled('Expose', central.Expose),
  };
  return { ...service, Proxy: merged as ProxyConfig };
}

/** For definitions that are only tried out. */
export const NO_CENTRAL_CONFIG: Pick<CentralConfig, 'merged' | 'forget' | 'clear'> = {
  merged: (service) => service,
  forget: () => {},
  clear: () => {},
};
