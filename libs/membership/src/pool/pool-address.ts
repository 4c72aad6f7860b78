import { isIP } from 'node:net';
import { invalid } from '@mesh/base';

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:\s]+))(?::(\d{1,5}))?$/;
const IPV6 = 6;

/** host:port of a join address: HOST, HOST:PORT, [IPV6] or [IPV6]:PORT, or a bare IPv6 address. */
export function poolAddress(text: string, defaultPort: number): string {
  // A bare IPv6 address has colons of its own, and so no port.
  const match = ADDRESS.exec(isIP(text) === IPV6 ? `[${text}]` : text);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  const isBadIpv6 = match?.[1] !== undefined && isIP(match[1]) !== IPV6;
  const host = match?.[1] ?? match?.[2];
  if (!host || isBadIpv6 || port < 1 || port > 65_535) {
    throw invalid(`"${text}" is no address to join; accepted are HOST, HOST:PORT and [IPV6]:PORT`);
  }
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
