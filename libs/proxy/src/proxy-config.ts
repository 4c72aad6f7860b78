import { anything, invalid, list, mapOf, number, optional, record, text, whole } from '@mesh/base';

/** Another service that this one connects to. */
export interface UpstreamConfig {
  readonly type: 'service' | 'prepared_query';
  readonly name: string;
  /** '' is the agent's own. */
  readonly datacenter: string;
  readonly bindAddress: string;
  readonly bindPort: number;
  /** For TCP and TLS together, for each instance that is tried. */
  readonly connectTimeoutMs: number;
  /** 0 is never. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
}

/** How the listener for other proxies works. */
export interface PublicSettings {
  readonly bindAddress: string;
  /** 0: there is none. */
  readonly bindPort: number;
  /** Where the service listens. */
  readonly localAddress: string;
  readonly localPort: number;
  /** For connections to the service. */
  readonly connectTimeoutMs: number;
  /** A TLS handshake takes no longer. */
  readonly handshakeTimeoutMs: number;
  /** 0 is never. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
}

/** What a proxy does. */
export interface ProxyConfig {
  /** Service that it stands for. */
  readonly service: string;
  /** Of the instance in the agent; '' where it is not known. */
  readonly serviceId: string;
  readonly publicListener: PublicSettings;
  /** Connections that an intention comes to forbid are ended. */
  readonly denyClosesConnections: boolean;
  /** How long connections may go on after the proxy was told to stop. */
  readonly drainTimeoutMs: number;
  /** `HOST:PORT` for Prometheus; '' is nowhere. */
  readonly metricsAddress: string;
  readonly upstreams: readonly UpstreamConfig[];
}

/** What holds where neither registration nor flags say anything. */
export const DEFAULTS = {
  bindAddress: '0.0.0.0',
  localAddress: '127.0.0.1',
  connectTimeoutMs: 5000,
  handshakeTimeoutMs: 10_000,
  idleTimeoutMs: 0,
  /** Of each listener. */
  maxConnections: 16_384,
  drainTimeoutMs: 10_000,
} as const;

const upstream = record({
  DestinationType: text,
  DestinationName: text,
  Datacenter: text,
  LocalBindAddress: text,
  LocalBindPort: whole,
  Config: mapOf(anything),
});
const registration = record({
  Kind: text,
  Address: text,
  Port: whole,
  Proxy: optional(
    record({
      DestinationServiceName: text,
      DestinationServiceID: text,
      LocalServiceAddress: text,
      LocalServicePort: whole,
      Config: mapOf(anything),
      Upstreams: list(upstream),
    }),
  ),
});

/**
 * The configuration in a proxy's registration, as /v1/agent/service/ID shows it. Names in the free map are
 * the original's where it has them (bind_address, bind_port, local_service_address, local_connect_timeout_ms,
 * handshake_timeout_ms; connect_timeout_ms of an upstream). Throws `invalid-argument` with the name.
 */
export function configOf(value: unknown): ProxyConfig {
  const { Kind, Address, Port, Proxy: proxy } = registration.decode(value, '');
  if (Kind !== 'connect-proxy' || !proxy) throw invalid('the service is no connect-proxy');
  const own = new Settings(proxy.Config, 'Proxy.Config');
  const maxConnections = own.count('max_connections', DEFAULTS.maxConnections);
  return {
    service: proxy.DestinationServiceName,
    serviceId: proxy.DestinationServiceID,
    publicListener: {
      bindAddress: own.text('bind_address') || Address || DEFAULTS.bindAddress,
      bindPort: own.port('bind_port', Port),
      ...localService(own, proxy.LocalServiceAddress, proxy.LocalServicePort),
      connectTimeoutMs: own.wait('local_connect_timeout_ms', DEFAULTS.connectTimeoutMs),
      handshakeTimeoutMs: own.wait('handshake_timeout_ms', DEFAULTS.handshakeTimeoutMs),
      idleTimeoutMs: own.millis('local_idle_timeout_ms', DEFAULTS.idleTimeoutMs),
      maxConnections,
    },
    denyClosesConnections: own.flag('deny_closes_connections', true),
    drainTimeoutMs: own.millis('drain_timeout_ms', DEFAULTS.drainTimeoutMs),
    metricsAddress: own.text('prometheus_bind_addr'),
    upstreams: (proxy.Upstreams ?? []).map((each, at) => {
      const settings = new Settings(each.Config, `Proxy.Upstreams[${at}].Config`);
      return {
        type: each.DestinationType === 'prepared_query' ? 'prepared_query' : 'service',
        name: each.DestinationName,
        datacenter: each.Datacenter,
        bindAddress: each.LocalBindAddress || DEFAULTS.localAddress,
        bindPort: each.LocalBindPort,
        connectTimeoutMs: settings.wait('connect_timeout_ms', DEFAULTS.connectTimeoutMs),
        idleTimeoutMs: settings.millis('idle_timeout_ms', DEFAULTS.idleTimeoutMs),
        maxConnections: settings.count('max_connections', maxConnections),
      };
    }),
  };
}

/** `local_service_address` of the original has both, `HOST:PORT`; the registration's fields otherwise. */
function localService(own: Settings, address: string, port: number) {
  const both = own.text('local_service_address');
  if (both === '') return { localAddress: address || DEFAULTS.localAddress, localPort: port };
  const { host, port: localPort } = hostPort('local_service_address', both);
  return { localAddress: host || DEFAULTS.localAddress, localPort };
}

/** `HOST:PORT`, `[HOST]:PORT` or `:PORT`. Throws `invalid-argument` with the name. */
export function hostPort(
  name: string,
  value: string,
): { readonly host: string; readonly port: number } {
  const match = /^(?:\[(.*)\]|([^:]*)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) throw invalid(`${name}: "${value}" is no HOST:PORT`);
  return { host: match[1] ?? match[2] ?? '', port };
}

/** The free map of a proxy or an upstream: what stands there under a name, or what holds otherwise. */
class Settings {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly path: string;

  constructor(values: Readonly<Record<string, unknown>> | undefined, path: string) {
    this.values = values ?? {};
    this.path = path;
  }

  text(name: string): string {
    return text.decode(this.values[name], `${this.path}.${name}`);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.values[name] ?? fallback;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalid(`${this.path}.${name}: true or false is accepted`);
  }

  /** Milliseconds; a text of digits is accepted as the original does. */
  millis(name: string, fallback: number): number {
    const value = this.values[name] ?? fallback;
    const given = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return this.within(name, number.decode(given, `${this.path}.${name}`), 0, 2 ** 31 - 1);
  }

  /** The same; 0, as in the original, is what holds otherwise: nothing could succeed in no time. */
  wait(name: string, fallback: number): number {
    return this.millis(name, fallback) || fallback;
  }

  count(name: string, fallback: number): number {
    const value = whole.decode(this.values[name] ?? fallback, `${this.path}.${name}`);
    return this.within(name, value, 1, 1_000_000);
  }

  port(name: string, fallback: number): number {
    const value = whole.decode(this.values[name] ?? fallback, `${this.path}.${name}`);
    return this.within(name, value, 0, 65_535);
  }

  private within(name: string, value: number, least: number, most: number): number {
    if (value >= least && value <= most) return value;
    throw invalid(`${this.path}.${name}: ${value} is not within ${least} and ${most}`);
  }
}
