// For the shell of a pool.
export { Keyring } from './keyring.ts';
export type { GossipTransportOptions } from './node-gossip-transport.ts';
export { NodeGossipTransport } from './node-gossip-transport.ts';
