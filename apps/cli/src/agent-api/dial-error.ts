import type { Endpoint } from './endpoint.ts';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ENOENT: 'connect: no such file or directory',
  EACCES: 'connect: permission denied',
  EPERM: 'connect: operation not permitted',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ENOTSOCK: 'connect: socket operation on non-socket',
};

const UNKNOWN_AUTHORITY =
  'x509: certificate signed by unknown authority: name its CA by -ca-file or -ca-path';
const NEEDS_CERTIFICATE =
  'remote error: tls: bad certificate: the agent asks for a certificate of its CA, by -client-cert ' +
  'and -client-key';

/** What went wrong with TLS, by the codes of Node and OpenSSL. */
const TLS_REASONS: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  CERT_SIGNATURE_FAILURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'x509: certificate has expired',
  CERT_NOT_YET_VALID: 'x509: certificate is not yet valid',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NEEDS_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NEEDS_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NEEDS_CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NEEDS_CERTIFICATE,
};
/** The other end's first bytes are no TLS: Node has no code of its own for it. */
const NO_TLS = /:wrong version number:/;

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly errors?: readonly SystemError[];
}

/** A failed connection in the words that users and their scripts know: `dial tcp HOST:PORT: connect: ...`. */
export function dialError(thrown: unknown, endpoint: Endpoint): string {
  const outer = thrown as SystemError;
  const error = outer.errors?.[0] ?? outer;
  const code = error.code ?? '';
  if (error.syscall === 'getaddrinfo') {
    return `dial tcp: lookup ${error.hostname ?? endpoint.host}: no such host`;
  }
  if (code === 'ECONNRESET') return `read ${target(endpoint, error)}: connection reset by peer`;
  if (code === 'EPIPE') return `write ${target(endpoint, error)}: broken pipe`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `x509: ${error.message}: if another name is right, give it by -tls-server-name`;
  }
  if (NO_TLS.test(error.message)) return 'tls: first record does not look like a TLS handshake';
  const ofTls = TLS_REASONS[code];
  if (ofTls !== undefined) return ofTls;
  const reason = REASONS[code];
  if (reason === undefined) return error.message;
  return `dial ${target(endpoint, error)}: ${reason}`;
}

function target(endpoint: Endpoint, error: SystemError): string {
  if (endpoint.socketPath !== undefined) return `unix ${endpoint.socketPath}`;
  const host = error.address ?? endpoint.host;
  return `tcp ${host.includes(':') ? `[${host}]` : host}:${error.port ?? endpoint.port}`;
}
