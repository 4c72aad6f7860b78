import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { invalid, MeshError } from '@mesh/base';
import { type GossipAddress, parseIp } from '@mesh/gossip';

/** Finds the addresses of a host name. Rejects when it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:\s]+))(?::(\d{1,5}))?$/;
const IPV6 = 6;

/** Asks the system: hosts file and DNS, as its configuration has them. */
export const systemResolver: ResolveHost = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Host and port of a join address: HOST, HOST:PORT, [IPV6], [IPV6]:PORT, a bare IPv6 address, each after a
 * `NAME/` that does not matter. Throws MeshError `invalid-argument`.
 */
export function parseJoinAddress(text: string, defaultPort: number): GossipAddress {
  if (/^provider=/.test(text.trim())) {
    throw invalid(
      `"${text.trim().split(/\s/)[0]}": discovery by a cloud is not part of this build`,
    );
  }
  const place = text.slice(text.lastIndexOf('/') + 1);
  // A bare IPv6 address has colons of its own, and so no port.
  const match = ADDRESS.exec(isIP(place) === IPV6 ? `[${place}]` : place);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  const isBadIpv6 = match?.[1] !== undefined && isIP(match[1]) !== IPV6;
  const host = match?.[1] ?? match?.[2];
  if (!host || isBadIpv6 || port < 1 || port > 65_535) {
    throw invalid(`"${text}" is no address to join; accepted are HOST, HOST:PORT and [IPV6]:PORT`);
  }
  return { host, port };
}

/**
 * Every address behind a join address, each once. Rejects with MeshError: `invalid-argument` when it is none,
 * `unavailable` when its name is not known.
 */
export async function resolveJoinAddress(
  text: string,
  defaultPort: number,
  resolve: ResolveHost,
): Promise<readonly GossipAddress[]> {
  const { host, port } = parseJoinAddress(text, defaultPort);
  const ip = parseIp(host);
  if (ip !== undefined) return [{ host: ip, port }];
  let found: readonly string[];
  try {
    found = await resolve(host);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('unavailable', `Failed to resolve ${host}: ${why}`, { cause });
  }
  const ips = new Set(found.map(parseIp).filter((one) => one !== undefined));
  if (ips.size === 0) throw new MeshError('unavailable', `Failed to resolve ${host}: no address`);
  return [...ips].map((one) => ({ host: one, port }));
}
