/** Reasons by Node's error code, in the words that Go's net package uses and monitoring rules look for. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  ETIMEDOUT: 'connect: connection timed out',
  ECONNRESET: 'connect: connection reset by peer',
  EMFILE: 'socket: too many open files',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'temporary failure in name resolution',
};

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/**
 * What a failed connection is called: `dial tcp 127.0.0.1:80: connect: connection refused`.
 * `target` (host:port) stands in where the error does not name the address that was tried.
 */
export function networkError(target: string, error: Error): string {
  const cause = firstOf(error);
  const code = cause.code ?? '';
  const reason = REASONS[code] ?? cause.message;
  if (cause.syscall === 'getaddrinfo') return `dial tcp: lookup ${cause.hostname}: ${reason}`;
  if (cause.syscall === 'connect') return `dial tcp ${addressOf(cause, target)}: ${reason}`;
  // A connection that ended before an answer.
  if (cause.message === 'socket hang up') return 'EOF';
  if (code === 'ECONNRESET') return `read tcp ${target}: read: connection reset by peer`;
  if (/CERT|ISSUER|SIGNATURE|ALTNAME/.test(code)) return `x509: ${cause.message}`;
  if (code === 'EPROTO') return 'tls: the answer does not look like a TLS handshake';
  if (code.startsWith('HPE_')) return `malformed HTTP response: ${cause.message}`;
  return cause.message;
}

/** The first failure of several: a name with many addresses fails once for each of them. */
function firstOf(error: Error): SystemError {
  const { errors } = error as { errors?: Error[] };
  return errors?.[0] ? firstOf(errors[0]) : error;
}

function addressOf({ address, port }: SystemError, target: string): string {
  if (address === undefined || port === undefined) return target;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
