import { defineRoutes, readRoute } from './route.ts';

/** Routes for the Web UI: overviews that would take many requests of the public API. */
export const internalUiRoutes = defineRoutes({
  services: readRoute({
    method: 'GET',
    path: '/v1/internal/ui/services',
    filter: true,
    acl: { filtered: ['service', 'node'] },
    tier: 'B',
    doc: 'Services with counts of their instances and checks.',
    client: '',
  }),
  nodes: readRoute({
    method: 'GET',
    path: '/v1/internal/ui/nodes',
    filter: true,
    acl: { filtered: ['node', 'service'] },
    tier: 'B',
    doc: 'Nodes with their services and checks.',
    client: '',
  }),
  node: readRoute({
    method: 'GET',
    path: '/v1/internal/ui/node/*node',
    acl: { filtered: ['node', 'service'] },
    tier: 'B',
    doc: 'One node with its services and checks.',
    client: '',
  }),
  topology: readRoute({
    method: 'GET',
    path: '/v1/internal/ui/service-topology/*service',
    acl: { check: { resource: 'service', access: 'read', segment: { path: 'service' } } },
    tier: 'C',
    doc: 'Who calls a service through the mesh and whom it calls, with what intentions say.',
    client: '',
  }),
});

/** A service with counts; a row of /v1/internal/ui/services. */
export interface UiServiceSummary {
  readonly Kind?: string;
  readonly Name: string;
  /** In order of first appearance; null when none. */
  readonly Tags: readonly string[] | null;
  /** The node of each instance. */
  readonly Nodes: readonly string[];
  readonly InstanceCount: number;
  /** Services that its proxies stand for. */
  readonly ProxyFor?: readonly string[];
  /** Of instances and of the nodes that they are on; of a node once for each instance. */
  readonly ChecksPassing: number;
  readonly ChecksWarning: number;
  readonly ChecksCritical: number;
  /** Values of the meta key external-source. */
  readonly ExternalSources: readonly string[] | null;
  readonly GatewayConfig: Readonly<Record<string, never>>;
}

/** What intentions say of a pair of services. */
export interface UiTopologyIntention {
  readonly Allowed: boolean;
  /** An intention names exactly this pair. */
  readonly HasExact: boolean;
  /** What holds where no intention decides. */
  readonly DefaultAllow: boolean;
}

/** A neighbour of a service in the mesh. */
export interface UiNeighbour extends UiServiceSummary {
  readonly Datacenter: string;
  readonly Intention: UiTopologyIntention;
}

/** The neighbourhood of a service in the mesh. */
export interface UiTopology {
  readonly Upstreams: readonly UiNeighbour[];
  readonly Downstreams: readonly UiNeighbour[];
  /** Something was left out that the token may not see. */
  readonly FilteredByACLs: boolean;
}
