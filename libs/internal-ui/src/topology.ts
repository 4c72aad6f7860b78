import type {
  CheckServiceNode,
  NodeService,
  UiNeighbour,
  UiServiceSummary,
  UiTopology,
} from '@mesh/api-contract';
import { nameKey, services } from '@mesh/catalog';
import { healthOf } from '@mesh/health';
import { decidingIntention, intentionOfPair, qualifiedName } from '@mesh/intentions';
import type { StateView } from '@mesh/state';
import { summarize } from './queries.ts';

/** An upstream of a registered proxy. */
interface Edge {
  readonly name: string;
  /** '' is the local one. */
  readonly datacenter: string;
}

/**
 * Who calls a service through the mesh, and whom it calls, as registered proxies name their upstreams. The
 * intentions of each pair decide by precedence; where none does, `defaultAllow` holds.
 */
export function topologyOf(
  view: StateView,
  service: string,
  datacenter: string,
  defaultAllow: boolean,
): UiTopology {
  const wanted = nameKey(service);
  const upstreams = new Map<string, Edge>();
  const downstreams = new Map<string, Edge>();
  for (const { service: proxy } of view.prefix(services, '')) {
    const source = destinationOf(proxy);
    if (source === undefined) continue;
    for (const edge of edgesOf(proxy)) {
      if (nameKey(source) === wanted) upstreams.set(keyOf(edge), edge);
      const isHere = edge.datacenter === '' || edge.datacenter === datacenter;
      if (isHere && nameKey(edge.name) === wanted) {
        const from = { name: source, datacenter: '' };
        downstreams.set(keyOf(from), from);
      }
    }
  }
  const neighbour = (edge: Edge, source: string, destination: string): UiNeighbour => ({
    ...summaryOf(view, edge, datacenter),
    Datacenter: edge.datacenter || datacenter,
    Intention: verdict(view, source, destination, defaultAllow),
  });
  return {
    Upstreams: sorted(upstreams).map((edge) => neighbour(edge, service, edge.name)),
    Downstreams: sorted(downstreams).map((edge) => neighbour(edge, edge.name, service)),
    FilteredByACLs: false,
  };
}

/** The service that a proxy, or a native service, stands for. */
function destinationOf({ Kind, Proxy: proxy }: NodeService): string | undefined {
  const name = proxy['DestinationServiceName'];
  return Kind === 'connect-proxy' && typeof name === 'string' && name !== '' ? name : undefined;
}

function edgesOf({ Proxy: proxy }: NodeService): readonly Edge[] {
  const upstreams = proxy['Upstreams'];
  if (!Array.isArray(upstreams)) return [];
  return upstreams.flatMap((upstream: Readonly<Record<string, unknown>>) => {
    const { DestinationType: type, DestinationName: name, Datacenter } = upstream;
    // A prepared query may lead anywhere: it is not a neighbour.
    if (typeof name !== 'string' || name === '' || type === 'prepared_query') return [];
    return [{ name, datacenter: typeof Datacenter === 'string' ? Datacenter : '' }];
  });
}

function keyOf({ name, datacenter }: Edge): string {
  return `${nameKey(name)}\0${datacenter}`;
}

function sorted(edges: ReadonlyMap<string, Edge>): readonly Edge[] {
  return [...edges.keys()].sort().map((key) => edges.get(key)!);
}

function summaryOf(view: StateView, edge: Edge, datacenter: string): UiServiceSummary {
  const isHere = edge.datacenter === '' || edge.datacenter === datacenter;
  const query = { service: edge.name, connect: false, tags: [], nodeMeta: {} };
  const instances: readonly CheckServiceNode[] = isHere ? healthOf(view, query, false) : [];
  return summarize(instances)[0] ?? absent(edge.name);
}

/** A neighbour that is not registered, or registered elsewhere. */
function absent(name: string): UiServiceSummary {
  return {
    Name: name,
    Tags: null,
    Nodes: [],
    InstanceCount: 0,
    ChecksPassing: 0,
    ChecksWarning: 0,
    ChecksCritical: 0,
    ExternalSources: null,
    GatewayConfig: {},
  };
}

function verdict(view: StateView, source: string, destination: string, defaultAllow: boolean) {
  const [from, to] = [qualifiedName(source), qualifiedName(destination)];
  const decider = decidingIntention(view, from, to);
  return {
    Allowed: decider ? decider.Action === 'allow' : defaultAllow,
    HasExact: intentionOfPair(view, from, to) !== undefined,
    DefaultAllow: defaultAllow,
  };
}
