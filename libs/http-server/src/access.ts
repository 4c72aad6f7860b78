import { BlockList, isIP } from 'node:net';
import { MeshError } from '@mesh/base';

/** Which clients may do what, by address and path: block_endpoints and allow_write_http_from. */
export class AccessRules {
  private readonly blocked: readonly string[];
  private readonly writers: BlockList | undefined;

  /** Throws `invalid-argument` naming a CIDR that is not one. */
  constructor(blockEndpoints: readonly string[], allowWriteFrom: readonly string[]) {
    this.blocked = blockEndpoints;
    if (allowWriteFrom.length === 0) return;
    this.writers = new BlockList();
    for (const cidr of allowWriteFrom) addCidr(this.writers, cidr);
  }

  /** True when a decoded path begins with a blocked prefix. */
  isBlocked(path: string): boolean {
    for (const prefix of this.blocked) {
      if (path.startsWith(prefix)) return true;
    }
    return false;
  }

  /** True when the client may use methods other than GET. Unix sockets have no address and always may. */
  mayWrite(remoteAddress: string): boolean {
    if (!this.writers || remoteAddress === '') return true;
    const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress;
    const family = isIP(address);
    return family !== 0 && this.writers.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

function addCidr(list: BlockList, cidr: string): void {
  const [address = '', lengthText = ''] = cidr.split('/');
  const family = isIP(address);
  const bits = Number(lengthText);
  if (family === 0 || !/^\d+$/.test(lengthText) || bits > (family === 6 ? 128 : 32)) {
    throw new MeshError(
      'invalid-argument',
      `allow_write_http_from: "${cidr}" is not a CIDR, accepted are forms such as 127.0.0.0/8`,
    );
  }
  list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
}
