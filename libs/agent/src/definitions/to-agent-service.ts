import { isIPv4, isIPv6 } from 'node:net';
import type { ServiceAddress, ServiceDefinition } from '@mesh/api-contract';
import { normalizeConnect, normalizeProxy } from '@mesh/catalog';
import type { AgentService } from '../local-state/entries.ts';

/**
 * The instance that a checked definition describes. An address that is an IP is also published as the
 * tagged addresses of its family, unless these are given. Throws `invalid-argument` for a bad proxy.
 */
export function toAgentService(definition: ServiceDefinition): AgentService {
  const tagged = taggedAddresses(definition);
  const { Native } = definition.connect ?? {};
  return {
    ...(definition.kind !== '' && { Kind: definition.kind }),
    ID: definition.id || definition.name,
    Service: definition.name,
    Tags: definition.tags,
    Address: definition.address,
    ...(tagged && { TaggedAddresses: tagged }),
    // The catalog tells no metadata from empty metadata; the original sends none.
    Meta: Object.keys(definition.meta).length > 0 ? sortedByKey(definition.meta) : null,
    Port: definition.port,
    Weights: definition.weights ?? { Passing: 1, Warning: 1 },
    EnableTagOverride: definition.enableTagOverride,
    Proxy: normalizeProxy(definition.proxy),
    Connect: normalizeConnect(Native === true ? { Native } : {}),
  };
}

function taggedAddresses({
  address,
  port,
  taggedAddresses,
}: ServiceDefinition): Readonly<Record<string, ServiceAddress>> | undefined {
  const own = { Address: address, Port: port };
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
  const all = {
    ...(family && { [`lan_${family}`]: own, [`wan_${family}`]: own }),
    ...taggedAddresses,
  };
  return Object.keys(all).length > 0 ? sortedByKey(all) : undefined;
}

function sortedByKey<T>(map: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
