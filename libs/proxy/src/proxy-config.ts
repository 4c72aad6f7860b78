import { anything, invalid, list, mapOf, number, optional, record, text, whole } from '@mesh/base';

/** Another service that this one connects to. */
export interface UpstreamConfig {
  readonly type: 'service' | 'prepared_query';
  readonly name: string;
  /** '' is the agent's own. */
  readonly datacenter: string;
  readonly bindAddress: string;
  readonly bindPort: number;
  readonly connectTimeoutMs: number;
}

/** What a proxy does. */
export interface ProxyConfig {
  /** Service that it stands for. */
  readonly service: string;
  /** Where it listens for other proxies; port 0 is nowhere. */
  readonly bindAddress: string;
  readonly bindPort: number;
  /** Where the service listens. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** Connections that an intention comes to forbid are ended. */
  readonly denyClosesConnections: boolean;
  readonly upstreams: readonly UpstreamConfig[];
}

export const DEFAULTS = {
  bindAddress: '0.0.0.0',
  localAddress: '127.0.0.1',
  connectTimeoutMs: 5000,
  idleTimeoutMs: 0,
  maxConnections: 16_384,
  denyClosesConnections: true,
} as const;

const settings = mapOf(anything);
const upstream = record({
  DestinationType: text,
  DestinationName: text,
  Datacenter: text,
  LocalBindAddress: text,
  LocalBindPort: whole,
  Config: settings,
});
const registration = record({
  Kind: text,
  Address: text,
  Port: whole,
  Proxy: optional(
    record({
      DestinationServiceName: text,
      LocalServiceAddress: text,
      LocalServicePort: whole,
      Config: settings,
      Upstreams: list(upstream),
    }),
  ),
});
const millis = number;

/** The configuration in a proxy's registration, as its agent shows it. Throws `invalid-argument`. */
export function configOf(value: unknown): ProxyConfig {
  const { Kind, Address, Port, Proxy: proxy } = registration.decode(value, '');
  if (Kind !== 'connect-proxy' || !proxy) throw invalid('the service is no connect-proxy');
  const own = proxy.Config ?? {};
  return {
    service: proxy.DestinationServiceName,
    bindAddress: stringOf(own['bind_address']) || Address || DEFAULTS.bindAddress,
    bindPort: numberOf(own, 'bind_port', Port),
    localAddress: proxy.LocalServiceAddress || DEFAULTS.localAddress,
    localPort: proxy.LocalServicePort,
    connectTimeoutMs: numberOf(own, 'local_connect_timeout_ms', DEFAULTS.connectTimeoutMs),
    idleTimeoutMs: numberOf(own, 'local_idle_timeout_ms', DEFAULTS.idleTimeoutMs),
    maxConnections: numberOf(own, 'max_connections', DEFAULTS.maxConnections),
    denyClosesConnections: own['deny_closes_connections'] !== false,
    upstreams: (proxy.Upstreams ?? []).map((each) => ({
      type: each.DestinationType === 'prepared_query' ? 'prepared_query' : 'service',
      name: each.DestinationName,
      datacenter: each.Datacenter,
      bindAddress: each.LocalBindAddress || DEFAULTS.localAddress,
      bindPort: each.LocalBindPort,
      connectTimeoutMs: numberOf(
        each.Config ?? {},
        'connect_timeout_ms',
        DEFAULTS.connectTimeoutMs,
      ),
    })),
  };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(
  settings: Readonly<Record<string, unknown>>,
  name: string,
  fallback: number,
): number {
  const value = settings[name];
  if (value === undefined || value === null) return fallback;
  const given = millis.decode(value, name);
  if (given < 0) throw invalid(`${name}: ${given} is negative`);
  return given;
}
