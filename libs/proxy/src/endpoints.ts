import type { Clock, Random } from '@mesh/base';

/** An instance of an upstream's service, through its own proxy. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Service that its certificate must name. */
  readonly service: string;
  /** Datacenter that its certificate must name; '' where it is not known. */
  readonly datacenter: string;
}

/** A row of /v1/health/connect and of a prepared query's result, as far as it is read. */
interface HealthRow {
  readonly Node: { readonly Address: string; readonly Datacenter?: string };
  readonly Service: {
    readonly Kind?: string;
    readonly Service: string;
    readonly Address: string;
    readonly Port: number;
    readonly Proxy?: { readonly DestinationServiceName?: string };
  };
}

/** The endpoints of an answer: proxies stand for the service behind them, others for themselves. */
export function endpointsOf(rows: unknown): readonly Endpoint[] {
  return (rows as readonly HealthRow[]).map(({ Node, Service }) => ({
    host: Service.Address || Node.Address,
    port: Service.Port,
    service: Service.Proxy?.DestinationServiceName || Service.Service,
    datacenter: Node.Datacenter ?? '',
  }));
}

/** `host:port`, to tell endpoints apart. */
export function endpointKey({ host, port }: Endpoint): string {
  return hostAndPort(host, port);
}

/** `HOST:PORT`, or `[HOST]:PORT` of an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An endpoint that could not be reached is tried after the others for so long, milliseconds. */
const AVOID_MS = 5000;

/** Healthy instances, each in its turn. */
export class EndpointRing {
  private readonly clock: Clock;
  private endpoints: readonly Endpoint[] = [];
  private next: number;
  private readonly avoidedUntilMs = new Map<string, number>();

  /** The first turn is drawn: many proxies that start at once do not all begin with the same instance. */
  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.next = Math.floor(random.float() * 1024);
  }

  set(endpoints: readonly Endpoint[]): void {
    this.endpoints = endpoints;
    const present = new Set(endpoints.map(endpointKey));
    for (const key of this.avoidedUntilMs.keys()) {
      if (!present.has(key)) this.avoidedUntilMs.delete(key);
    }
  }

  get size(): number {
    return this.endpoints.length;
  }

  /** The next ones to try, at most `limit`: who has just failed comes last. */
  turn(limit: number): readonly Endpoint[] {
    const { endpoints } = this;
    const { length } = endpoints;
    if (length === 0) return [];
    const first = this.next % length;
    this.next = first + 1;
    if (this.avoidedUntilMs.size === 0) {
      return Array.from({ length: Math.min(limit, length) }, (_, at) => {
        return endpoints[(first + at) % length]!;
      });
    }
    const ordered = [...endpoints.slice(first), ...endpoints.slice(0, first)];
    const nowMs = this.clock.monotonicMs();
    const isAvoided = (endpoint: Endpoint) =>
      (this.avoidedUntilMs.get(endpointKey(endpoint)) ?? 0) > nowMs;
    const good = ordered.filter((endpoint) => !isAvoided(endpoint));
    return [...good, ...ordered.filter(isAvoided)].slice(0, limit);
  }

  /** Not reached. */
  failed(endpoint: Endpoint): void {
    this.avoidedUntilMs.set(endpointKey(endpoint), this.clock.monotonicMs() + AVOID_MS);
  }

  /** Reached. */
  succeeded(endpoint: Endpoint): void {
    if (this.avoidedUntilMs.size > 0) this.avoidedUntilMs.delete(endpointKey(endpoint));
  }
}
