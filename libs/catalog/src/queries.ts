/** Reads of the catalog. Each touches just the entities that its answer depends on. */
import type { CatalogNode, NodeService, ServiceNode } from '@mesh/api-contract';
import type { StateView } from '@mesh/state';
import { canonicalAddress } from './address.ts';
import { nameKey, nodes, onNode, services, summaries } from './table.ts';
import type { MetaFilter, ServiceRow } from './types.ts';

/** Tags of each service, by name. */
export type ServiceTags = Readonly<Record<string, readonly string[]>>;

/** True when the node has all the metadata asked for. */
export function hasMeta(meta: CatalogNode['Meta'], wanted: MetaFilter): boolean {
  for (const key in wanted) {
    if (meta === null || !Object.hasOwn(meta, key) || meta[key] !== wanted[key]) return false;
  }
  return true;
}

/** True when nothing is asked for. */
export function isEmptyFilter(wanted: MetaFilter): boolean {
  for (const _ in wanted) return false;
  return true;
}

/** True when the instance has all the tags; case does not matter. */
export function hasTags(service: NodeService, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  const own = new Set((service.Tags ?? []).map((tag) => tag.toLowerCase()));
  return wanted.every((tag) => own.has(tag.toLowerCase()));
}

/** A node by name. */
export function nodeByName(view: StateView, name: string): CatalogNode | undefined {
  return view.get(nodes, nameKey(name));
}

/** Nodes with the metadata, by name. */
export function listNodes(view: StateView, nodeMeta: MetaFilter): readonly CatalogNode[] {
  const all = [...view.prefix(nodes, '')];
  return isEmptyFilter(nodeMeta) ? all : all.filter((node) => hasMeta(node.Meta, nodeMeta));
}

/** Nodes at an address; IPv6 in any spelling. */
export function nodesAtAddress(view: StateView, address: string): readonly CatalogNode[] {
  return view.getBy(nodes, 'address', canonicalAddress(address));
}

/** All service names with their tags, sorted. Depends on the names and tags alone. */
export function listServices(view: StateView, nodeMeta: MetaFilter): ServiceTags {
  if (!isEmptyFilter(nodeMeta)) return servicesOf(view, listNodes(view, nodeMeta));
  // No prototype: a service may be called "constructor" or "__proto__".
  const out: Record<string, readonly string[]> = Object.create(null);
  for (const summary of view.prefix(summaries, '')) out[summary.name] = summary.tags;
  return out;
}

function servicesOf(view: StateView, holders: readonly CatalogNode[]): ServiceTags {
  const found = new Map<string, Set<string>>();
  for (const node of holders) {
    for (const { service } of view.prefix(services, onNode(node.Node))) {
      const tags = found.get(service.Service) ?? new Set();
      found.set(service.Service, tags);
      for (const tag of service.Tags ?? []) tags.add(tag);
    }
  }
  const out: Record<string, readonly string[]> = Object.create(null);
  for (const name of [...found.keys()].sort()) out[name] = [...found.get(name)!].sort();
  return out;
}

/** Which instances a query wants. */
export interface InstanceQuery {
  /** Service name, any case. */
  readonly service: string;
  /**
   * Instances that serve it over mutual TLS (proxies, native ones) instead of those of that name.
   */
  readonly connect: boolean;
  /** All must match. */
  readonly tags: readonly string[];
  readonly nodeMeta: MetaFilter;
}

/** Instances of a service with their nodes, by node and service id. */
export function instancesOf(
  view: StateView,
  query: InstanceQuery,
): readonly { readonly node: CatalogNode; readonly service: NodeService }[] {
  const rows = view.getBy(services, query.connect ? 'connect' : 'name', nameKey(query.service));
  const out = [];
  for (const row of rows) {
    if (!hasTags(row.service, query.tags)) continue;
    const node = view.get(nodes, nameKey(row.node));
    if (node && hasMeta(node.Meta, query.nodeMeta)) out.push({ node, service: row.service });
  }
  return out;
}

/** Instances as /v1/catalog/service shows them. */
export function serviceNodes(view: StateView, query: InstanceQuery): readonly ServiceNode[] {
  return instancesOf(view, query).map(({ node, service }) => toServiceNode(node, service));
}

/** Instances that have the address as their own or as a tagged one. */
export function servicesAtAddress(view: StateView, address: string): readonly ServiceNode[] {
  const out = [];
  for (const row of view.getBy(services, 'address', canonicalAddress(address))) {
    const node = view.get(nodes, nameKey(row.node));
    if (node) out.push(toServiceNode(node, row.service));
  }
  return out;
}

/** Instances on a node, by service id; undefined when the node is unknown. */
export function servicesOnNode(
  view: StateView,
  name: string,
): { readonly node: CatalogNode; readonly services: readonly NodeService[] } | undefined {
  const node = nodeByName(view, name);
  if (!node) return undefined;
  const rows: Iterable<ServiceRow> = view.prefix(services, onNode(name));
  return { node, services: Array.from(rows, (row) => row.service) };
}

function toServiceNode(node: CatalogNode, service: NodeService): ServiceNode {
  return {
    ID: node.ID,
    Node: node.Node,
    Address: node.Address,
    Datacenter: node.Datacenter,
    TaggedAddresses: node.TaggedAddresses,
    NodeMeta: node.Meta,
    ServiceKind: service.Kind ?? '',
    ServiceID: service.ID,
    ServiceName: service.Service,
    ServiceTags: service.Tags,
    ServiceAddress: service.Address,
    ...(service.TaggedAddresses && { ServiceTaggedAddresses: service.TaggedAddresses }),
    ServiceWeights: service.Weights,
    ServiceMeta: service.Meta ?? {},
    ServicePort: service.Port,
    ServiceEnableTagOverride: service.EnableTagOverride,
    ServiceProxy: service.Proxy,
    ServiceConnect: service.Connect,
    CreateIndex: service.CreateIndex,
    ModifyIndex: service.ModifyIndex,
  };
}
