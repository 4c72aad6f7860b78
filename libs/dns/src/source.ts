/**
 * Where answers come from. The interface is the core's own; an adapter over the RPC implements it. The
 * PascalCase shapes are parts of the API's, so that rows of the catalog are passed on uncopied.
 */

/** Tells how long a value stays the right one. */
export interface SourceFreshness {
  isFresh(): boolean;
  /** Calls back once when it stops being fresh (at once if it has); returns a function that unsubscribes. */
  onStale(callback: () => void): () => void;
}

export interface SourceReply<T> {
  readonly value: T;
  /** Without it the answer is not kept. */
  readonly freshness?: SourceFreshness;
}

/** A catalog node. */
export interface DnsNode {
  readonly Node: string;
  /** IP address or host name. */
  readonly Address: string;
  readonly Datacenter: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly Meta: Readonly<Record<string, string>> | null;
}

/** A service instance as the catalog has it. */
export interface DnsService {
  readonly ID: string;
  readonly Service: string;
  /** "" stands for the node's. */
  readonly Address: string;
  readonly Port: number;
  readonly TaggedAddresses?: Readonly<
    Record<string, { readonly Address: string; readonly Port: number }>
  > | null;
  readonly Weights?: { readonly Passing: number; readonly Warning: number } | null;
}

/** An instance with its node and the checks of both. */
export interface DnsInstance {
  readonly Node: DnsNode;
  readonly Service: DnsService;
  readonly Checks: readonly { readonly Status: string }[];
}

/** Which instances are wanted. */
export interface InstanceLookup {
  readonly datacenter: string;
  /** Lower case. */
  readonly service: string;
  /** Lower case; "" for any. */
  readonly tag: string;
  /** `connect`: what serves it over mutual TLS; `ingress`: the gateways that lead to it. */
  readonly kind: 'plain' | 'connect' | 'ingress';
}

/** What has an address. */
export interface AddressOwners {
  readonly nodes: readonly DnsNode[];
  readonly services: readonly {
    readonly ServiceName: string;
    readonly ServiceAddress: string;
    readonly Datacenter: string;
  }[];
}

/** What a prepared query gives. */
export interface PreparedAnswer {
  /** The service that was found, for its TTL. */
  readonly service: string;
  /** TTL that the query itself sets, milliseconds. */
  readonly ttlMs: number | undefined;
  /** Healthy as the query demands, nearest first when `ordered`. */
  readonly instances: readonly DnsInstance[];
  /** The order means something: it is kept in the answer. */
  readonly ordered: boolean;
}

/** Client on whose behalf a prepared query runs. */
export interface PreparedLookup {
  readonly datacenter: string;
  readonly name: string;
  /** Address of the EDNS client subnet; "" when the query has none. */
  readonly subnetAddress: string;
}

/**
 * The catalog as DNS sees it. An unknown datacenter has nothing in it: null, empty lists. A rejection is a
 * failure of the moment and becomes SERVFAIL.
 */
export interface DnsSource {
  /** A node by name, any case. */
  node(datacenter: string, name: string): Promise<SourceReply<DnsNode | null>>;
  /** Instances of a service whatever their health. */
  instances(lookup: InstanceLookup): Promise<SourceReply<readonly DnsInstance[]>>;
  addressOwners(datacenter: string, address: string): Promise<SourceReply<AddressOwners>>;
  /** Null when there is no such query. Left out until there are any. */
  preparedQuery?(lookup: PreparedLookup): Promise<SourceReply<PreparedAnswer | null>>;
}
