import type { NodeService } from '@mesh/api-contract';

/** An upstream of a proxy. */
export interface UpstreamInfo {
  readonly name: string;
  readonly type: 'service' | 'prepared_query';
  /** '' is the local one. */
  readonly datacenter: string;
  /** Where the local service reaches it. */
  readonly bind: string;
}

/** A path that a proxy exposes without TLS. */
export interface ExposedPath {
  readonly path: string;
  readonly listenerPort: number;
  readonly localPort: number;
  readonly protocol: string;
}

/** What a registration says of a sidecar. */
export interface ProxyInfo {
  /** Service that it stands for; '' for none. */
  readonly destination: string;
  readonly destinationId: string;
  /** Where it reaches that service; '' where it does not say. */
  readonly local: string;
  readonly upstreams: readonly UpstreamInfo[];
  readonly exposesChecks: boolean;
  readonly exposedPaths: readonly ExposedPath[];
}

type Loose = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const whole = (value: unknown): number => (typeof value === 'number' ? value : 0);
const object = (value: unknown): Loose =>
  value !== null && typeof value === 'object' ? (value as Loose) : {};
const rows = (value: unknown): readonly Loose[] => (Array.isArray(value) ? value.map(object) : []);

/** Reads a registration; what is not there is empty. */
export function proxyInfo(service: Pick<NodeService, 'Proxy'>): ProxyInfo {
  const proxy = object(service.Proxy);
  const expose = object(proxy['Expose']);
  const port = whole(proxy['LocalServicePort']);
  return {
    destination: text(proxy['DestinationServiceName']),
    destinationId: text(proxy['DestinationServiceID']),
    local: port === 0 ? '' : `${text(proxy['LocalServiceAddress']) || '127.0.0.1'}:${port}`,
    upstreams: rows(proxy['Upstreams']).map((upstream) => ({
      name: text(upstream['DestinationName']),
      type: upstream['DestinationType'] === 'prepared_query' ? 'prepared_query' : 'service',
      datacenter: text(upstream['Datacenter']),
      bind: `${text(upstream['LocalBindAddress']) || '127.0.0.1'}:${whole(upstream['LocalBindPort'])}`,
    })),
    exposesChecks: expose['Checks'] === true,
    exposedPaths: rows(expose['Paths']).map((row) => ({
      path: text(row['Path']),
      listenerPort: whole(row['ListenerPort']),
      localPort: whole(row['LocalPathPort']),
      protocol: text(row['Protocol']) || 'http',
    })),
  };
}
