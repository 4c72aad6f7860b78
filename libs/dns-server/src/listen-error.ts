import { MeshError } from '@mesh/base';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'no such address on this machine',
};

/** What to say when an address cannot be listened on. */
export function listenError(
  network: string,
  host: string,
  port: number,
  error: NodeJS.ErrnoException,
): MeshError {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const why = REASONS[error.code ?? ''] ?? error.message;
  return new MeshError('unavailable', `DNS: cannot listen on ${network} ${where}: ${why}`, {
    cause: error,
  });
}
