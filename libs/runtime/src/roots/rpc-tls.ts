import type { RuntimeConfig } from '@mesh/config';
import { type Membership, serverMember } from '@mesh/membership';
import { RpcCredentials } from '@mesh/tls';

/**
 * TLS of RPC as configured.
 * @param membership asked at each new connection, to know in which datacenter a server is
 * @throws MeshError `invalid-argument` naming key and file of certificates that cannot be used
 */
export function rpcTls(
  { tls, nodeName, datacenter, dns }: RuntimeConfig,
  membership: () => Pick<Membership, 'wanMembers'>,
): RpcCredentials {
  return new RpcCredentials(tls, {
    ...{ nodeName, datacenter, domain: dns.domain },
    datacenterOf: (address) =>
      membership()
        .wanMembers()
        .map(serverMember)
        .find((server) => server?.rpcAddress === address)?.datacenter,
  });
}

/** A reload with new certificates: they are read before anything changes, and used when all else went well. */
export function withCertificates(
  credentials: RpcCredentials,
  reload: (next: RuntimeConfig) => Promise<void>,
): (next: RuntimeConfig) => Promise<void> {
  return async (next) => {
    const use = credentials.prepare(next.tls);
    await reload(next);
    use();
  };
}
