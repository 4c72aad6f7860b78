import { X509Certificate } from 'node:crypto';
import type { PeerCertificate, SecureContext, SecureContextOptions } from 'node:tls';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';

/** What an RPC port accepts with. Asked at each connection: certificates may be changed meanwhile. */
export interface IncomingTls {
  /** Clients must show a certificate of the authorities; what is not TLS is refused. */
  readonly verify: boolean;
  /**
   * Name that the certificate of whoever opens streams of Raft must carry: a client's does not make a
   * server. Undefined takes any.
   */
  readonly raftName?: string | undefined;
  /** The same object until something changed; undefined takes plain connections alone. */
  context(): SecureContextOptions | undefined;
}

/** What streams are opened with: the other end's certificate must come from the authorities. */
export interface OutgoingTls {
  /** The name must stand in the certificate; else it is only told. */
  readonly verifyName: boolean;
  context(): SecureContext;
  /** Name of the agent at an address (host:port), no IP address. */
  nameOf(address: string): string;
}

/** What a client connects with. */
export function channelCredentials(tls: OutgoingTls | undefined): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  return credentials.createFromSecureContext(tls.context(), {
    rejectUnauthorized: true,
    // Agents are dialled by address: without a name to expect, the authority alone counts.
    ...(!tls.verifyName && { checkServerIdentity: () => undefined }),
  });
}

/** Whether a certificate is for a name: exactly, and by its alternative names alone (RFC 6125 6.4). */
export function isFor(name: string, certificate: PeerCertificate | undefined): boolean {
  if (!certificate?.raw) return false;
  const rules = { subject: 'never', wildcards: false } as const;
  return new X509Certificate(certificate.raw).checkHost(name, rules) !== undefined;
}
