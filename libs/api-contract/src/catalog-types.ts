/** API types of the catalog, in the JSON form that clients see. */

/** Log indexes at which an entity was created and last changed. */
export interface RaftIndex {
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export type HealthStatus = 'passing' | 'warning' | 'critical' | 'maintenance';

export interface CatalogNode extends RaftIndex {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Datacenter: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly Meta: Readonly<Record<string, string>> | null;
}

export interface ServiceAddress {
  readonly Address: string;
  readonly Port: number;
}

export interface Weights {
  readonly Passing: number;
  readonly Warning: number;
}

/** Settings of a proxy registration, stored as given. */
export type ProxyConfig = Readonly<Record<string, unknown>>;
/** `{}`, `{Native: true}` or with a SidecarService. */
export type ConnectConfig = Readonly<Record<string, unknown>>;

/** A service instance as a node's list and health queries show it. Optional fields are left out when unset. */
export interface NodeService extends RaftIndex {
  readonly Kind?: string;
  readonly ID: string;
  readonly Service: string;
  readonly Tags: readonly string[] | null;
  readonly Address: string;
  readonly TaggedAddresses?: Readonly<Record<string, ServiceAddress>>;
  readonly Meta: Readonly<Record<string, string>> | null;
  readonly Port: number;
  readonly Weights: Weights;
  readonly EnableTagOverride: boolean;
  readonly Proxy: ProxyConfig;
  readonly Connect: ConnectConfig;
}

/** A service instance with its node, as /v1/catalog/service shows it. */
export interface ServiceNode extends RaftIndex {
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly Datacenter: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly NodeMeta: Readonly<Record<string, string>> | null;
  readonly ServiceKind: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
  readonly ServiceTags: readonly string[] | null;
  readonly ServiceAddress: string;
  readonly ServiceTaggedAddresses?: Readonly<Record<string, ServiceAddress>>;
  readonly ServiceWeights: Weights;
  readonly ServiceMeta: Readonly<Record<string, string>> | null;
  readonly ServicePort: number;
  readonly ServiceEnableTagOverride: boolean;
  readonly ServiceProxy: ProxyConfig;
  readonly ServiceConnect: ConnectConfig;
}

/** How a check is run, as registered through the catalog; empty for checks of agents. */
export type HealthCheckDefinition = Readonly<Record<string, unknown>>;

export interface HealthCheck extends RaftIndex {
  readonly Node: string;
  readonly CheckID: string;
  readonly Name: string;
  readonly Status: HealthStatus;
  readonly Notes: string;
  readonly Output: string;
  readonly ServiceID: string;
  readonly ServiceName: string;
  readonly ServiceTags: readonly string[] | null;
  readonly Type: string;
  readonly Definition: HealthCheckDefinition;
}

/** One instance with its node and the checks that decide its health. */
export interface CheckServiceNode {
  readonly Node: CatalogNode;
  readonly Service: NodeService;
  readonly Checks: readonly HealthCheck[];
}

/** Body of PUT /v1/catalog/register. */
export interface RegisterRequest {
  readonly Datacenter: string;
  readonly ID: string;
  readonly Node: string;
  readonly Address: string;
  readonly TaggedAddresses: Readonly<Record<string, string>> | null;
  readonly NodeMeta: Readonly<Record<string, string>> | null;
  readonly Service: Omit<NodeService, keyof RaftIndex> | null;
  readonly Checks: readonly Omit<HealthCheck, keyof RaftIndex>[];
  /** Leave the node entry alone where it exists. */
  readonly SkipNodeUpdate: boolean;
}

/** Body of PUT /v1/catalog/deregister: a service, a check or, with neither, the whole node. */
export interface DeregisterRequest {
  readonly Datacenter: string;
  readonly Node: string;
  readonly ServiceID: string;
  readonly CheckID: string;
}

/** Network coordinate (Vivaldi, as in Dabek et al. 2004 with adjustment and height). Seconds. */
export interface Coordinate {
  readonly Vec: readonly number[];
  readonly Error: number;
  readonly Adjustment: number;
  readonly Height: number;
}
