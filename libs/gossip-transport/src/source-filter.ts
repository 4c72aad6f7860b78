import { BlockList, isIP, isIPv4 } from 'node:net';
import { MeshError } from '@mesh/base';
import { parseIp } from '@mesh/gossip';

const MAPPED_PREFIX = '::ffff:';

/** Text of an address as the system gives it, in its one form: no zone, no IPv4 in IPv6. */
export function sourceHost(text: string): string {
  // What nearly every address is: spares the parser.
  if (isIPv4(text)) return text;
  if (text.startsWith(MAPPED_PREFIX) && isIPv4(text.slice(MAPPED_PREFIX.length))) {
    return text.slice(MAPPED_PREFIX.length);
  }
  return parseIp(text) ?? text;
}

/** Who may speak to us at all. */
export class SourceFilter {
  private readonly allowed: BlockList | undefined;

  /**
   * @param cidrs networks as `10.0.0.0/8`; undefined for everybody. Throws MeshError when one is none.
   */
  constructor(cidrs: readonly string[] | undefined) {
    if (!cidrs) return;
    this.allowed = new BlockList();
    for (const cidr of cidrs) this.add(this.allowed, cidr);
  }

  /** @param host as `sourceHost` gives it */
  allows(host: string): boolean {
    return this.allowed?.check(host, isIPv4(host) ? 'ipv4' : 'ipv6') ?? true;
  }

  private add(list: BlockList, cidr: string): void {
    const [network = '', length = '', ...rest] = cidr.split('/');
    const family = isIP(network);
    const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
    if (family === 0 || rest.length > 0 || !(bits <= (family === 4 ? 32 : 128))) {
      throw new MeshError('invalid-argument', `"${cidr}" is no network such as 10.0.0.0/8`);
    }
    list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
}
