import { networkInterfaces } from 'node:os';
import type { RecursorAddress } from './recursor-exchange.ts';

/** Where we listen. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * True when asking the recursor would be asking ourselves: each question would come back as another question
 * without end.
 */
export function isOurselves(recursor: RecursorAddress, bound: readonly BoundAddress[]): boolean {
  return bound.some(({ host, port }) => {
    if (port !== recursor.port) return false;
    if (host === recursor.host) return true;
    return (host === '0.0.0.0' || host === '::') && isLocal(recursor.host);
  });
}

function isLocal(host: string): boolean {
  if (host.startsWith('127.') || host === '::1' || host === '0.0.0.0' || host === '::') return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((one) => one.address === host),
  );
}
