import { invalid } from '@mesh/base';

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/;

/** host:port of a join address: HOST, HOST:PORT, [IPV6] or [IPV6]:PORT, or a bare IPv6 address. */
export function poolAddress(text: string, defaultPort: number): string {
  // A bare IPv6 address has colons of its own, and so no port.
  const isBareIpv6 = /^[0-9a-fA-F:.]+$/.test(text) && text.split(':').length > 2;
  const match = ADDRESS.exec(isBareIpv6 ? `[${text}]` : text);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port < 1 || port > 65_535) {
    throw invalid(`"${text}" is no address to join; accepted are HOST, HOST:PORT and [IPV6]:PORT`);
  }
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
