import { BlockList, isIP } from 'node:net';

/**
 * Whether an IP lies in one of the networks; all do where there are none. Each is a CIDR that the configuration
 * has checked.
 */
export function allowedNetworks(cidrs: readonly string[]): (ip: string) => boolean {
  if (cidrs.length === 0) return () => true;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits = ''] = cidr.split('/');
    list.addSubnet(network, Number(bits), familyOf(network));
  }
  return (ip) => list.check(ip, familyOf(ip));
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}
