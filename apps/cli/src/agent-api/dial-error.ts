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
  const reason = REASONS[code];
  if (reason === undefined) return error.message;
  return `dial ${target(endpoint, error)}: ${reason}`;
}

function target(endpoint: Endpoint, error: SystemError): string {
  if (endpoint.socketPath !== undefined) return `unix ${endpoint.socketPath}`;
  const host = error.address ?? endpoint.host;
  return `tcp ${host.includes(':') ? `[${host}]` : host}:${error.port ?? endpoint.port}`;
}
