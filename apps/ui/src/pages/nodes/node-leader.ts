import type { UiNode } from './node-types.ts';

/**
 * Whether a node is the server that leads, by the leader's RPC address, `10.0.0.1:8300`: its address, and a
 * consul service at that port.
 */
export function isLeader(node: UiNode, leader: string): boolean {
  const colon = leader.lastIndexOf(':');
  if (colon < 0) return false;
  const host = leader.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(leader.slice(colon + 1));
  return (
    node.Address === host &&
    node.Services.some(({ Service, Port }) => Service === 'consul' && Port === port)
  );
}
