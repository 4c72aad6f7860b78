import { setMaxListeners } from 'node:events';
import { isIP } from 'node:net';
import { invalid, type Logger, MeshError, type Platform } from '@mesh/base';
import {
  type DnsQuery,
  type DnsRecord,
  decodeAddresses,
  encodeQuery,
  maxReplyBytes,
  type OutsideLookup,
  RCODE,
} from '@mesh/dns';
import { exchangeTcp, exchangeUdp, type RecursorAddress, type Reply } from './recursor-exchange.ts';

/** Questions under way to recursors at most; more are refused at once. */
const MAX_IN_FLIGHT = 512;
/** Payload announced in questions of our own: fits an unfragmented packet. */
const OWN_UDP_BYTES = 1232;
const DEFAULT_PORT = 53;

export interface RecursorsOptions {
  /** IP addresses, with or without port; asked in this order. */
  readonly addresses: readonly string[];
  /** For each of them. */
  readonly timeoutMs: number;
  readonly platform: Platform;
  readonly logger: Logger;
}

/** Answers from elsewhere: forwards questions that are not ours to recursors. */
export class Recursors {
  readonly addresses: readonly RecursorAddress[];
  private inFlight = 0;
  private readonly stopping = new AbortController();
  private readonly options: RecursorsOptions;

  /** Throws `invalid-argument` for an address that is none. */
  constructor(options: RecursorsOptions) {
    this.options = options;
    setMaxListeners(MAX_IN_FLIGHT, this.stopping.signal);
    this.addresses = options.addresses.map(parseRecursor);
  }

  get isEmpty(): boolean {
    return this.addresses.length === 0;
  }

  /**
   * The first recursor's reply that is NOERROR or NXDOMAIN, with the query's id, no larger than the client
   * takes: what is too large becomes an empty reply with TC. Rejects when all fail or too much is under way.
   */
  async forward(
    message: Uint8Array,
    query: DnsQuery,
    transport: 'udp' | 'tcp',
  ): Promise<Uint8Array> {
    const reply = await this.ask(message);
    const bytes = Uint8Array.from(reply.bytes);
    bytes[0] = message[0]!;
    bytes[1] = message[1]!;
    return bytes.length > maxReplyBytes(query, transport)
      ? truncated(bytes, reply.head.end)
      : bytes;
  }

  /** Addresses of a name, for the targets of CNAME and SRV records. Empty when they cannot be had. */
  readonly lookup: OutsideLookup = async (name, type): Promise<readonly DnsRecord[]> => {
    const query = encodeQuery({ id: 0, name, type, udpBytes: OWN_UDP_BYTES });
    if (!query) return [];
    try {
      const reply = await this.ask(query);
      return decodeAddresses(reply.bytes) ?? [];
    } catch (error) {
      this.options.logger.debug('look-up of a target failed', {
        name,
        error: MeshError.from(error).message,
      });
      return [];
    }
  };

  /** Ends all that is under way. */
  stop(): void {
    this.stopping.abort();
  }

  private async ask(message: Uint8Array): Promise<Reply> {
    if (this.inFlight >= MAX_IN_FLIGHT) {
      throw new MeshError('rate-limited', `${MAX_IN_FLIGHT} questions to recursors are under way`);
    }
    this.inFlight++;
    try {
      return await this.askInTurn(message);
    } finally {
      this.inFlight--;
    }
  }

  private async askInTurn(message: Uint8Array): Promise<Reply> {
    const { timeoutMs, platform, logger } = this.options;
    const { signal } = this.stopping;
    for (const recursor of this.addresses) {
      if (signal.aborted) break;
      const query = Uint8Array.from(message);
      query.set(platform.random.bytes(2), 0);
      const options = { recursor, query, timeoutMs, platform, signal };
      try {
        let reply = await exchangeUdp(options);
        if (reply.head.truncated) reply = await exchangeTcp(options).catch(() => reply);
        const { rcode } = reply.head;
        if (rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN) return reply;
        logger.debug('recursor refused', { recursor: recursor.host, rcode });
      } catch (error) {
        logger.warn('recurse failed', { error: MeshError.from(error).message });
      }
    }
    throw new MeshError('unavailable', 'all recursors failed');
  }
}

/** Header and question alone, TC set: the client is to ask again over TCP. */
function truncated(reply: Uint8Array, questionEnd: number): Uint8Array {
  const bytes = reply.slice(0, questionEnd);
  bytes[2]! |= 0x02;
  // No records: ANCOUNT, NSCOUNT, ARCOUNT.
  bytes.fill(0, 6, 12);
  return bytes;
}

/** `ADDRESS`, `ADDRESS:PORT` or `[IPV6]:PORT`. */
function parseRecursor(text: string): RecursorAddress {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text);
  const plain = bracketed ?? /^([^:]+)(?::(\d+))?$/.exec(text);
  const host = plain?.[1] ?? text;
  const port = plain?.[2] === undefined ? DEFAULT_PORT : Number(plain[2]);
  const family = isIP(host);
  if ((family !== 4 && family !== 6) || port < 1 || port > 65_535) {
    throw invalid(`recursor "${text}": accepted are IP addresses, with or without a port`);
  }
  return { host, port, family };
}
