import type { TLSSocket } from 'node:tls';

interface OpensslError extends Error {
  readonly code?: string;
  /** What OpenSSL says, without its numbers. */
  readonly reason?: string;
}

/**
 * Why a handshake with a client came to nothing, for the log; undefined where the client merely went
 * away.
 */
export function handshakeFailure(error: OpensslError, socket: TLSSocket): string | undefined {
  // A certificate that does not do ends the connection, and the connection's end is what is told.
  const { authorizationError } = socket as { readonly authorizationError?: unknown };
  if (authorizationError) return `the client's certificate: ${String(authorizationError)}`;
  if (error.code === 'ECONNRESET') return undefined;
  return error.reason ?? error.message;
}
