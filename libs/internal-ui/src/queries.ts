/** Overviews over the catalog. */
import type {
  CatalogNode,
  CheckServiceNode,
  HealthCheck,
  NodeService,
  UiServiceSummary,
} from '@mesh/api-contract';
import { checkKey, checks, nameKey, nodeByName, nodes, onNode, services } from '@mesh/catalog';
import type { StateView } from '@mesh/state';

/** A node with everything on it. */
export interface UiNode extends Pick<CatalogNode, 'ID' | 'Node' | 'Address'> {
  readonly TaggedAddresses: CatalogNode['TaggedAddresses'];
  readonly Meta: CatalogNode['Meta'];
  readonly Services: readonly NodeService[];
  readonly Checks: readonly HealthCheck[];
}

/** Every instance with its node and the checks that decide its health, by node and service id. */
export function allInstances(view: StateView): readonly CheckServiceNode[] {
  const byNode = new Map<string, CatalogNode>();
  for (const node of view.prefix(nodes, '')) byNode.set(nameKey(node.Node), node);
  const ofNode = new Map<string, HealthCheck[]>();
  const ofInstance = new Map<string, HealthCheck[]>();
  for (const check of view.prefix(checks, '')) {
    if (check.ServiceID === '') push(ofNode, nameKey(check.Node), check);
    else push(ofInstance, checkKey(check.Node, check.ServiceID), check);
  }
  const out: CheckServiceNode[] = [];
  for (const { node: name, service } of view.prefix(services, '')) {
    const node = byNode.get(nameKey(name));
    if (!node) continue;
    const nodeLevel = ofNode.get(nameKey(name)) ?? [];
    const own = ofInstance.get(checkKey(name, service.ID));
    out.push({ Node: node, Service: service, Checks: own ? [...nodeLevel, ...own] : nodeLevel });
  }
  return out;
}

function push<T>(groups: Map<string, T[]>, key: string, item: T): void {
  const group = groups.get(key);
  if (group) group.push(item);
  else groups.set(key, [item]);
}

interface Tally {
  kind: string;
  readonly tags: Set<string>;
  readonly nodes: string[];
  readonly proxyFor: Set<string>;
  readonly sources: Set<string>;
  readonly counts: Record<string, number>;
}

/** A summary for each service name, by name. */
export function summarize(instances: readonly CheckServiceNode[]): readonly UiServiceSummary[] {
  const tallies = new Map<string, Tally>();
  for (const instance of instances) {
    const name = instance.Service.Service;
    let tally = tallies.get(name);
    if (!tally) {
      tally = newTally();
      tallies.set(name, tally);
    }
    count(tally, instance);
  }
  return [...tallies.keys()].sort().map((name) => summaryOf(name, tallies.get(name)!));
}

function newTally(): Tally {
  return {
    kind: '',
    tags: new Set(),
    nodes: [],
    proxyFor: new Set(),
    sources: new Set(),
    counts: { passing: 0, warning: 0, critical: 0 },
  };
}

function count(tally: Tally, { Node: node, Service, Checks }: CheckServiceNode): void {
  tally.kind = Service.Kind ?? '';
  tally.nodes.push(node.Node);
  for (const tag of Service.Tags ?? []) tally.tags.add(tag);
  const destination = Service.Proxy['DestinationServiceName'];
  if (tally.kind === 'connect-proxy' && typeof destination === 'string') {
    tally.proxyFor.add(destination);
  }
  const source = Service.Meta?.['external-source'] ?? node.Meta?.['external-source'];
  if (source) tally.sources.add(source);
  for (const { Status } of Checks) {
    tally.counts[Status] = (tally.counts[Status] ?? 0) + 1;
  }
}

function summaryOf(name: string, tally: Tally): UiServiceSummary {
  return {
    ...(tally.kind !== '' && { Kind: tally.kind }),
    Name: name,
    Tags: orNull(tally.tags),
    Nodes: tally.nodes,
    InstanceCount: tally.nodes.length,
    ...(tally.proxyFor.size > 0 && { ProxyFor: [...tally.proxyFor] }),
    ChecksPassing: tally.counts['passing']!,
    ChecksWarning: tally.counts['warning']!,
    ChecksCritical: tally.counts['critical']!,
    ExternalSources: orNull(tally.sources),
    GatewayConfig: {},
  };
}

function orNull(found: ReadonlySet<string>): readonly string[] | null {
  return found.size === 0 ? null : [...found];
}

/** All nodes with everything on them, by name. */
export function allNodes(view: StateView): readonly UiNode[] {
  const servicesOf = new Map<string, NodeService[]>();
  for (const { node, service } of view.prefix(services, '')) {
    push(servicesOf, nameKey(node), service);
  }
  const checksOf = new Map<string, HealthCheck[]>();
  for (const check of view.prefix(checks, '')) push(checksOf, nameKey(check.Node), check);
  return Array.from(view.prefix(nodes, ''), (node) => {
    const key = nameKey(node.Node);
    return toUiNode(node, servicesOf.get(key) ?? [], checksOf.get(key) ?? []);
  });
}

/** One node with everything on it; undefined when there is none of that name. */
export function oneNode(view: StateView, name: string): UiNode | undefined {
  const node = nodeByName(view, name);
  if (!node) return undefined;
  const own = Array.from(view.prefix(services, onNode(name)), ({ service }) => service);
  return toUiNode(node, own, [...view.prefix(checks, onNode(name))]);
}

function toUiNode(
  { ID, Node, Address, TaggedAddresses, Meta }: CatalogNode,
  Services: readonly NodeService[],
  Checks: readonly HealthCheck[],
): UiNode {
  return { ID, Node, Address, TaggedAddresses, Meta, Services, Checks };
}
