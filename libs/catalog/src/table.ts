import type { CatalogNode, HealthCheck, NodeService } from '@mesh/api-contract';
import { compositeKey, defineTable } from '@mesh/state';
import { canonicalAddress } from './address.ts';
import type { ServiceRow, ServiceSummary, ServiceTally } from './types.ts';

/**
 * Names of nodes and services match without regard to case; this is the form that keys are made of.
 */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** Nodes by name. */
export const nodes = defineTable<CatalogNode>({
  name: 'catalog.nodes',
  id: (node) => nameKey(node.Node),
  indexes: {
    /** By node id; nodes without one are left out. */
    id: (node) => (node.ID === '' ? undefined : node.ID.toLowerCase()),
    /** By address, for reverse DNS. */
    address: (node) => canonicalAddress(node.Address),
  },
});

/** Service instances by node and service id. */
export const services = defineTable<ServiceRow>({
  name: 'catalog.services',
  id: (row) => serviceKey(row.node, row.service.ID),
  indexes: {
    name: (row) => nameKey(row.service.Service),
    /**
     * Instances through which a service is reached over mutual TLS: its proxies and native ones.
     */
    connect: (row) => connectDestination(row.service),
    /** By own and tagged addresses, for reverse DNS. */
    address: (row) => serviceAddresses(row.service),
  },
});

/** Checks by node and check id. */
export const checks = defineTable<HealthCheck>({
  name: 'catalog.checks',
  id: (check) => checkKey(check.Node, check.CheckID),
  indexes: {
    /** Checks of the node itself, by node. */
    nodeLevel: (check) => (check.ServiceID === '' ? nameKey(check.Node) : undefined),
    /** Checks of one instance. */
    instance: (check) =>
      check.ServiceID === '' ? undefined : compositeKey(nameKey(check.Node), check.ServiceID),
    /** Checks of all instances of a service. */
    serviceName: (check) => (check.ServiceID === '' ? undefined : nameKey(check.ServiceName)),
    status: (check) => check.Status,
  },
});

/**
 * One row a service name; changes only when the name appears, disappears or its set of tags
 * changes.
 */
export const summaries = defineTable<ServiceSummary>({
  name: 'catalog.service-summaries',
  id: (summary) => summary.name,
  indexes: {},
});

/** Counts from which the summaries are kept up to date. */
export const tallies = defineTable<ServiceTally>({
  name: 'catalog.service-tallies',
  id: (tally) => tally.name,
  indexes: {},
});

/** Id of an instance. */
export function serviceKey(node: string, serviceId: string): string {
  return compositeKey(nameKey(node), serviceId);
}

/** Id of a check. */
export function checkKey(node: string, checkId: string): string {
  return compositeKey(nameKey(node), checkId);
}

/** Prefix of the ids of everything on a node. */
export function onNode(node: string): string {
  return compositeKey(nameKey(node), '');
}

function connectDestination(service: NodeService): string | undefined {
  if (service.Kind === 'connect-proxy') {
    const destination = service.Proxy['DestinationServiceName'];
    return typeof destination === 'string' ? nameKey(destination) : undefined;
  }
  return service.Connect['Native'] === true ? nameKey(service.Service) : undefined;
}

function serviceAddresses(service: NodeService): readonly string[] | undefined {
  const found = new Set<string>();
  if (service.Address !== '') found.add(canonicalAddress(service.Address));
  for (const tagged of Object.values(service.TaggedAddresses ?? {})) {
    if (tagged.Address !== '') found.add(canonicalAddress(tagged.Address));
  }
  return found.size === 0 ? undefined : [...found];
}
