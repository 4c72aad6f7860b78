/** An instance of an upstream's service, through its own proxy. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A row of /v1/health/connect, as far as it is read. */
interface HealthRow {
  readonly Node: { readonly Address: string };
  readonly Service: { readonly Address: string; readonly Port: number };
}

/** The endpoints of an answer of /v1/health/connect. */
export function endpointsOf(rows: unknown): readonly Endpoint[] {
  return (rows as readonly HealthRow[]).map(({ Node, Service }) => ({
    host: Service.Address || Node.Address,
    port: Service.Port,
  }));
}

/** Healthy instances, each in its turn. */
export class EndpointRing {
  private endpoints: readonly Endpoint[] = [];
  private next = 0;

  set(endpoints: readonly Endpoint[]): void {
    this.endpoints = endpoints;
  }

  get size(): number {
    return this.endpoints.length;
  }

  /** All of them, beginning with the one whose turn it is. */
  turn(): readonly Endpoint[] {
    const { endpoints } = this;
    if (endpoints.length === 0) return [];
    const first = this.next++ % endpoints.length;
    return [...endpoints.slice(first), ...endpoints.slice(0, first)];
  }
}
