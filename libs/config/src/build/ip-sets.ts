import { BlockList, isIP } from 'node:net';

/** A set of networks. */
function networks(cidrs: readonly string[]): BlockList {
  const set = new BlockList();
  for (const cidr of cidrs) addCidr(set, cidr);
  return set;
}

function addCidr(set: BlockList, cidr: string): boolean {
  const slash = cidr.lastIndexOf('/');
  const address = cidr.slice(0, slash);
  const family = isIP(address);
  const bits = /^\d{1,3}$/.test(cidr.slice(slash + 1)) ? Number(cidr.slice(slash + 1)) : -1;
  if (slash < 1 || family === 0 || bits < 0 || bits > (family === 4 ? 32 : 128)) return false;
  set.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return true;
}

/** RFC 1918 and RFC 6598 (IPv4), RFC 4193 (IPv6). */
const PRIVATE = networks([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
]);
/**
 * What counts as private where the agent looks for its own address: RFC 6890's special blocks, those for
 * documentation included, so that machines of a laboratory start without further ado.
 */
const SPECIAL = networks([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '::1/128',
  'fe80::/10',
  'fc00::/7',
  'fec0::/10',
  '2001:db8::/32',
]);
/** Not usable beyond the machine or its link: RFC 1122, RFC 3927, RFC 4291. */
const LOCAL = networks(['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10']);

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** True for addresses of private networks. */
export function isPrivate(address: string): boolean {
  return PRIVATE.check(address, family(address));
}

/** True for addresses that are not of the public Internet (RFC 6890). */
export function isSpecial(address: string): boolean {
  return SPECIAL.check(address, family(address));
}

/** True for loopback and link-local addresses. */
export function isLocal(address: string): boolean {
  return LOCAL.check(address, family(address));
}

/** True for 0.0.0.0 and ::. */
export function isAny(address: string): boolean {
  return address === '0.0.0.0' || (isIP(address) === 6 && /^[0:]+$/.test(address));
}

/** True when the text is a network such as 10.0.0.0/8. */
export function isCidr(text: string): boolean {
  return addCidr(new BlockList(), text);
}

/** True when an address lies in a network; false when the network is not one. */
export function inCidr(address: string, cidr: string): boolean {
  const set = new BlockList();
  return addCidr(set, cidr) && set.check(address, family(address));
}
