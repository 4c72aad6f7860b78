// For the composition roots.
export type { BoundAddress } from './own-addresses.ts';
export { createDnsServer, type DnsServer, type DnsServerOptions } from './server.ts';
