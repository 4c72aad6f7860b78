import type { CatalogNode, NodeService } from '@mesh/api-contract';

/** Where an instance is reached: its own address, or its node's, with its port where it has one. */
export function addressOf(
  { Address, Port }: Pick<NodeService, 'Address' | 'Port'>,
  node: Pick<CatalogNode, 'Address'>,
): string {
  const host = Address || node.Address;
  if (Port === 0) return host;
  return host.includes(':') ? `[${host}]:${Port}` : `${host}:${Port}`;
}
