import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
import { invalid } from '@mesh/base';

/** Keys and rules of TLS between agents; everything PEM. */
export interface RpcTls {
  /** Certificates of the authorities that the other end's certificate must come from. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** As a server: clients must show a certificate of `ca`. */
  readonly verifyIncoming: boolean;
  /** As a client: the server's certificate must come from `ca`. */
  readonly verifyOutgoing: boolean;
  /** As a client: and it must be for this name (the original's server.DATACENTER.DOMAIN). */
  readonly serverName?: string;
}

/**
 * What a client connects with.
 *
 * @throws MeshError `invalid-argument` when the PEM texts are not what they should be
 */
export function channelCredentials(tls: RpcTls | undefined): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  checkPem(tls);
  return credentials.createSsl(Buffer.from(tls.ca), Buffer.from(tls.key), Buffer.from(tls.cert), {
    rejectUnauthorized: tls.verifyOutgoing,
    // Agents are dialled by address: without a name to expect, the authority alone counts.
    ...(tls.serverName === undefined && { checkServerIdentity: () => undefined }),
  });
}

/**
 * What a server accepts with.
 *
 * @throws MeshError `invalid-argument` when the PEM texts are not what they should be
 */
export function serverCredentials(tls: RpcTls | undefined): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  checkPem(tls);
  return ServerCredentials.createSsl(
    Buffer.from(tls.ca),
    [{ private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) }],
    tls.verifyIncoming,
  );
}

function checkPem({ ca, cert, key }: RpcTls): void {
  try {
    createSecureContext({ ca, cert, key });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalid(`TLS of RPC: certificate, key and authorities cannot be used: ${why}`);
  }
}
