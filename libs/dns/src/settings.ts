/** What shapes answers: the DNS part of the configuration and two neighbours of it. */
export interface DnsSettings {
  /** With a trailing dot, lower case. */
  readonly domain: string;
  /** A second domain with the same names; "" when none, else as `domain`. */
  readonly altDomain: string;
  /** The agent's own, lower case: names without a datacenter are in it. */
  readonly datacenter: string;
  readonly nodeTtlMs: number;
  /** Service name, `prefix*` or `*` -> TTL; exact first, then the longest prefix. */
  readonly serviceTtlMs: Readonly<Record<string, number>>;
  /** Leave out instances with warnings too. @default false */
  readonly onlyPassing: boolean;
  /** Set TC when answers were left out. @default false */
  readonly enableTruncate: boolean;
  /** Most answers to a client limited to 512 bytes. @default 3 */
  readonly udpAnswerLimit: number;
  /** Most address answers of a service, over any transport; 0 for all. @default 0 */
  readonly aRecordLimit: number;
  readonly disableCompression: boolean;
  /** Node metadata as TXT records beside a node's address. @default true */
  readonly nodeMetaTxt: boolean;
  readonly soa: {
    readonly refreshS: number;
    readonly retryS: number;
    readonly expireS: number;
    readonly minTtlS: number;
  };
  /** Give the WAN addresses of what is in another datacenter. */
  readonly translateWanAddresses: boolean;
}

const MAX_TTL_S = 0x7fffffff;

/** Whole seconds of a TTL, within what a record can hold (RFC 2181 section 8). */
export function ttlSeconds(ttlMs: number): number {
  return Math.min(Math.max(Math.floor(ttlMs / 1000), 0), MAX_TTL_S);
}

/** TTL of a service's answers, seconds: its own, or of the longest `prefix*` that fits, or 0. */
export function serviceTtlSeconds(settings: DnsSettings, service: string): number {
  const name = service.toLowerCase();
  let best = -1;
  let ttlMs = 0;
  for (const [pattern, patternTtlMs] of Object.entries(settings.serviceTtlMs)) {
    const wanted = pattern.toLowerCase();
    if (wanted === name) return ttlSeconds(patternTtlMs);
    if (!wanted.endsWith('*') || wanted.length - 1 <= best) continue;
    if (!name.startsWith(wanted.slice(0, -1))) continue;
    best = wanted.length - 1;
    ttlMs = patternTtlMs;
  }
  return ttlSeconds(ttlMs);
}
