/**
 * Checks registrations and brings them into the stored form. Runs on the leader before an entry is
 * proposed, so that every server applies the same complete data.
 */
import type { HealthStatus, RegisterRequest } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { KEY_SEPARATOR } from '@mesh/state';
import { isAnyAddress } from './address.ts';
import { normalizeDefinition } from './check-definition.ts';
import { normalizeConnect, normalizeProxy } from './proxy-shape.ts';
import type { CheckInput, NodeInput, ServiceInput } from './types.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_PORT = 65535;
const STATUSES: readonly string[] = ['', 'passing', 'warning', 'critical', 'maintenance'];
const KINDS: readonly string[] = [
  '',
  'connect-proxy',
  'mesh-gateway',
  'terminating-gateway',
  'ingress-gateway',
];

type Loose<T> = { readonly [K in keyof T]?: T[K] | null | undefined };
/** A service as clients send it: anything may be missing. */
export type LooseService = Loose<Omit<ServiceInput, 'Kind'>> & { readonly Kind?: string | null };
/** A check as clients send it: anything may be missing. */
export type LooseCheck = Loose<Omit<CheckInput, 'Status'>> & { readonly Status?: string | null };

/** A registration as clients send it; RegisterRequest is one. */
export type LooseRegister = Omit<RegisterRequest, 'Service' | 'Checks'> & {
  readonly Service: LooseService | null;
  readonly Checks: readonly LooseCheck[];
};

/** Stored form of a node. Throws `invalid-argument`. */
export function normalizeNode(node: NodeInput): NodeInput {
  requireName('node name', node.Node);
  if (node.ID !== '' && !UUID.test(node.ID)) {
    throw invalid(
      `Bad node ID: "${node.ID}" is not a UUID such as 00000000-0000-4000-8000-000000000000`,
    );
  }
  return {
    ID: node.ID,
    Node: node.Node,
    Address: node.Address,
    Datacenter: node.Datacenter,
    TaggedAddresses: sortedMap(node.TaggedAddresses),
    Meta: sortedMap(node.Meta),
  };
}

/**
 * Stored form of an instance: ID defaults to the name, weights to 1 and 1. Throws `invalid-
 * argument`.
 */
export function normalizeService(service: LooseService): ServiceInput {
  const name = service.Service ?? '';
  if (name === '') throw invalid('Must provide service name with ID');
  const id = service.ID || name;
  requireName('service name', name);
  requireName('service ID', id);
  const kind = service.Kind ?? '';
  if (!KINDS.includes(kind)) {
    throw invalid(`Kind: unknown kind "${kind}", accepted are ${KINDS.slice(1).join(', ')}`);
  }
  const address = service.Address ?? '';
  if (isAnyAddress(address)) throw invalid(`Invalid service address "${address}"`);
  const proxy = normalizeProxy(service.Proxy);
  if (kind === 'connect-proxy' && proxy['DestinationServiceName'] === undefined) {
    throw invalid('Proxy.DestinationServiceName must be non-empty for Connect proxy services');
  }
  const tagged = sortedMap(service.TaggedAddresses ?? null);
  return {
    ...(kind !== '' && { Kind: kind }),
    ID: id,
    Service: name,
    Tags: service.Tags ?? [],
    Address: address,
    ...(tagged && Object.keys(tagged).length > 0 && { TaggedAddresses: tagged }),
    Meta: sortedMap(service.Meta ?? null),
    Port: requireRange('Port', service.Port ?? 0),
    Weights: {
      Passing: requireRange('Weights.Passing', service.Weights?.Passing ?? 1),
      Warning: requireRange('Weights.Warning', service.Weights?.Warning ?? 1),
    },
    EnableTagOverride: service.EnableTagOverride ?? false,
    Proxy: proxy,
    Connect: normalizeConnect(service.Connect),
  };
}

/** Stored form of a check of `node`: CheckID defaults to the name, the status to critical. */
export function normalizeCheck(check: LooseCheck, node: string): CheckInput {
  const id = check.CheckID || check.Name || '';
  if (id === '') throw invalid('Must provide a CheckID or a Name for a check');
  requireName('check ID', id);
  const own = check.Node || node;
  if (own.toLowerCase() !== node.toLowerCase()) {
    throw invalid(`check node "${own}" does not match node "${node}"`);
  }
  const status = check.Status ?? '';
  if (!STATUSES.includes(status)) {
    throw invalid(`Status: unknown status "${status}", accepted are passing, warning, critical`);
  }
  return {
    Node: own,
    CheckID: id,
    Name: check.Name ?? '',
    Status: status as HealthStatus | '',
    Notes: check.Notes ?? '',
    Output: check.Output ?? '',
    ServiceID: check.ServiceID ?? '',
    ServiceName: check.ServiceName ?? '',
    ServiceTags: check.ServiceTags ?? [],
    Type: check.Type ?? '',
    Definition: normalizeDefinition(check.Definition),
  };
}

/** Keys in the order in which Go prints maps. */
function sortedMap<T>(
  map: Readonly<Record<string, T>> | null | undefined,
): Readonly<Record<string, T>> | null {
  if (map === null || map === undefined) return null;
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function requireName(what: string, name: string): void {
  // The separator of composite keys: a name with it could pose as another.
  if (name.includes(KEY_SEPARATOR)) throw invalid(`${what} must not contain a NUL character`);
}

function requireRange(what: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_PORT) {
    throw invalid(`${what}: ${value} is not between 0 and ${MAX_PORT}`);
  }
  return value;
}
