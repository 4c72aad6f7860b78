// For servers.
export { handshakeFailure } from './handshake-failure.ts';
export { HttpsCredentials } from './https-credentials.ts';
// For checks that show the agent's certificate.
export { type KeyPair, readKeyPair } from './key-pair.ts';
export { readAuthorities } from './pem-files.ts';
// For composition roots.
export type { IncomingRpcTls, OutgoingRpcTls, RpcIdentity } from './rpc-credentials.ts';
export { RpcCredentials } from './rpc-credentials.ts';
