/** Why a peer is refused, in words that are few enough for a metric's label. */
export type Refusal =
  | 'no certificate'
  | 'unknown authority'
  | 'expired certificate'
  | 'bad certificate'
  | 'no service'
  | 'other trust domain'
  | 'other service'
  | 'denied by intention'
  | 'undecided'
  | 'too many connections';

const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);
const UNKNOWN_AUTHORITY = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What OpenSSL did not like about a chain: Node gives its code, or an error that has it. */
export function chainRefusal(error: unknown): Refusal {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : String(error);
  if (EXPIRED.has(code ?? '')) return 'expired certificate';
  return UNKNOWN_AUTHORITY.has(code ?? '') ? 'unknown authority' : 'bad certificate';
}

/** Why a handshake broke off, in few words. */
export type HandshakeFailure = 'timeout' | 'closed by peer' | 'no tls' | 'old tls' | 'protocol';

const FAILURES: Readonly<Record<string, HandshakeFailure>> = {
  ERR_TLS_HANDSHAKE_TIMEOUT: 'timeout',
  ECONNRESET: 'closed by peer',
  EPIPE: 'closed by peer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no tls',
  ERR_SSL_HTTP_REQUEST: 'no tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'old tls',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'old tls',
};

/** Sorts the error of a handshake. */
export function handshakeFailure(error: Error): HandshakeFailure {
  return FAILURES[(error as NodeJS.ErrnoException).code ?? ''] ?? 'protocol';
}
