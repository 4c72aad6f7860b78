import { type ConfigKey, key, later } from './key.ts';

/** Addresses and ports. */
export const ADDRESS_KEYS: readonly ConfigKey[] = [
  key('addresses.dns', 'text', 'Bind address(es) of DNS.', {
    fallbackDoc: 'client_addr',
    tier: 'B',
  }),
  key('addresses.http', 'text', 'Bind address(es) of HTTP; unix:///path allowed.', {
    fallbackDoc: 'client_addr',
    tier: 'B',
  }),
  key('addresses.https', 'text', 'Bind address(es) of HTTPS.', {
    fallbackDoc: 'client_addr',
    tier: 'B',
  }),
  key('addresses.grpc', 'text', 'Bind address(es) of gRPC.', {
    fallbackDoc: 'client_addr',
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('advertise_addr', 'text', 'Address told to other members.', {
    fallbackDoc: 'bind address, or the first private IPv4',
  }),
  key('advertise_addr_wan', 'text', 'The same towards other datacenters.', {
    fallbackDoc: 'advertise_addr',
    tier: 'B',
  }),
  key('advertise_addr_ipv4', 'text', 'Also put in tagged addresses lan_ipv4.', { tier: 'C' }),
  key('advertise_addr_ipv6', 'text', 'Also put in tagged addresses lan_ipv6.', { tier: 'C' }),
  key('advertise_addr_wan_ipv4', 'text', 'Tagged address wan_ipv4.', { tier: 'C' }),
  key('advertise_addr_wan_ipv6', 'text', 'Tagged address wan_ipv6.', { tier: 'C' }),
  key('bind_addr', 'text', 'Address for RPC and gossip; go-sockaddr templates allowed.', {
    fallback: '0.0.0.0',
    devFallback: '127.0.0.1',
  }),
  key('client_addr', 'text', 'Bind address(es) of HTTP, DNS, gRPC; space separated.', {
    fallback: '127.0.0.1',
  }),
  key('ports.dns', 'whole', '-1 off.', { fallback: 8600, range: { min: -1, max: 65535 } }),
  key('ports.http', 'whole', '-1 off.', { fallback: 8500, range: { min: -1, max: 65535 } }),
  key('ports.https', 'whole', '-1 off.', {
    fallback: -1,
    range: { min: -1, max: 65535 },
  }),
  key('ports.grpc', 'whole', 'XDS; -1 off.', {
    fallback: -1,
    devFallback: 8502,
    range: { min: -1, max: 65535 },
    ...later('Envoy and gateways'),
    tier: 'B',
  }),
  key('ports.serf_lan', 'whole', 'TCP and UDP.', {
    fallback: 8301,
    range: { min: -1, max: 65535 },
  }),
  key('ports.serf_wan', 'whole', '-1 off.', { fallback: 8302, range: { min: -1, max: 65535 } }),
  key('ports.server', 'whole', 'Server RPC.', { fallback: 8300, range: { min: -1, max: 65535 } }),
  key('ports.proxy_min_port', 'whole', 'Unused range of removed managed proxies.', {
    fallback: 20000,
    range: { min: -1, max: 65535 },
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('ports.proxy_max_port', 'whole', 'Unused range of removed managed proxies.', {
    fallback: 20255,
    range: { min: -1, max: 65535 },
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('ports.sidecar_min_port', 'whole', 'First port given to sidecars.', {
    fallback: 21000,
    range: { min: -1, max: 65535 },
  }),
  key('ports.sidecar_max_port', 'whole', 'Last.', {
    fallback: 21255,
    range: { min: -1, max: 65535 },
  }),
  key('ports.expose_min_port', 'whole', 'Exposed check paths.', {
    fallback: 21500,
    range: { min: -1, max: 65535 },
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('ports.expose_max_port', 'whole', 'Exposed check paths.', {
    fallback: 21755,
    range: { min: -1, max: 65535 },
    ...later('Envoy and gateways'),
    tier: 'C',
  }),
  key('tagged_addresses', 'textMap', 'Extra lan/wan addresses of the node.', {
    fallback: {},
    tier: 'B',
  }),
  key(
    'translate_wan_addrs',
    'flag',
    'Answer with WAN addresses for other datacenters; sets X-Consul-Translate-Addresses.',
    { fallback: false, tier: 'B' },
  ),
  key('unix_sockets.user', 'text', 'Owner of unix sockets.', { tier: 'C' }),
  key('unix_sockets.group', 'text', 'Group.', { tier: 'C' }),
  key('unix_sockets.mode', 'text', 'Mode.', { tier: 'C' }),
];
