import { type Logger, MeshError, type Metrics, type Platform } from '@mesh/base';
import {
  type DnsQuery,
  type DnsSettings,
  type DnsSource,
  EMPTY_RESOLUTION,
  type EncodeOptions,
  encodeRefusal,
  encodeReply,
  FAILED_RESOLUTION,
  formatAddress,
  type Outcome,
  parseQuery,
  RCODE,
  resolveQuestion,
} from '@mesh/dns';
import { AnswerCache } from './answer-cache.ts';
import { KeptAnswer } from './kept-answer.ts';
import type { Recursors } from './recursors.ts';
import { loadTypeNames } from './type-names.ts';

export type Transport = 'udp' | 'tcp';

export interface ResponderOptions {
  readonly source: DnsSource;
  readonly settings: DnsSettings;
  readonly recursors: Recursors;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly platform: Platform;
}

/** Questions being answered at most; what comes on top is refused. */
const MAX_IN_FLIGHT = 4096;
/** EDNS versions that we know (RFC 6891 section 6.1.3). */
const EDNS_VERSION = 0;
/** Cached answers are counted in lumps. */
const COUNT_LUMP = 1024;

/** Turns query messages into reply messages, whatever carries them. Made anew when the settings change. */
export class Responder {
  private readonly caches: Readonly<Record<Transport, AnswerCache>>;
  private inFlight = 0;
  private uncounted = 0;
  private readonly options: ResponderOptions;

  constructor(options: ResponderOptions) {
    this.options = options;
    // Names of records point at the question's, unless compression is off: only then does case matter.
    const foldCase = !options.settings.disableCompression;
    this.caches = { udp: new AnswerCache(foldCase), tcp: new AnswerCache(foldCase) };
  }

  /**
   * The reply to a query that was answered before. Its bytes are the cache's own, right until the next call;
   * undefined when the query is new.
   */
  cached(message: Uint8Array, transport: Transport): Uint8Array | undefined {
    const kept = this.caches[transport].get(message);
    if (!kept) return undefined;
    if (++this.uncounted === COUNT_LUMP) this.flushCount();
    return kept.answer(message);
  }

  /** The reply to a query; undefined when there is to be none. Never rejects. */
  async respond(message: Uint8Array, transport: Transport): Promise<Uint8Array | undefined> {
    const parsed = parseQuery(message);
    if (parsed.kind === 'drop') return undefined;
    if (parsed.kind === 'refuse') return encodeRefusal(parsed);
    const { query } = parsed;
    const { metrics, platform } = this.options;
    if (this.inFlight >= MAX_IN_FLIGHT) {
      metrics.count('dns.overload');
      return encodeReply(query, FAILED_RESOLUTION, this.encodeOptions(transport, false));
    }
    this.inFlight++;
    const startedAtMs = platform.clock.monotonicMs();
    try {
      const reply = await this.answer(message, query, transport);
      this.report(query, reply, transport, platform.clock.monotonicMs() - startedAtMs);
      return reply;
    } catch (error) {
      this.options.logger.error('could not answer', {
        name: query.question.name,
        error: MeshError.from(error).message,
      });
      return encodeReply(query, FAILED_RESOLUTION, this.encodeOptions(transport, true));
    } finally {
      this.inFlight--;
    }
  }

  /** Forgets all answers. */
  stop(): void {
    this.flushCount();
    this.caches.udp.clear();
    this.caches.tcp.clear();
  }

  private async answer(
    message: Uint8Array,
    query: DnsQuery,
    transport: Transport,
  ): Promise<Uint8Array> {
    if ((query.edns?.version ?? EDNS_VERSION) !== EDNS_VERSION) {
      const unknownVersion = { ...EMPTY_RESOLUTION, rcode: RCODE.BADVERS };
      return encodeReply(query, unknownVersion, this.encodeOptions(transport, false));
    }
    const outcome = await this.resolve(query);
    if (outcome.kind === 'outside') return this.outside(message, query, transport, outcome.asked);
    const options = this.encodeOptions(transport, true);
    const { resolution, freshness } = outcome;
    if (!freshness) return encodeReply(query, resolution, options);
    const kept = this.caches[transport].put(
      message,
      (key) => new KeptAnswer(key, query, resolution, options, freshness),
    );
    return kept ? Uint8Array.from(kept.answer(message)) : encodeReply(query, resolution, options);
  }

  private resolve(query: DnsQuery): Promise<Outcome> {
    const { source, settings, platform, recursors } = this.options;
    return resolveQuestion(query.question, {
      settings,
      source,
      serial: Math.floor(platform.clock.nowMs() / 1000),
      hasEdns: query.edns !== undefined,
      subnetAddress: subnetAddress(query),
      ...(!recursors.isEmpty && { lookupOutside: recursors.lookup }),
    });
  }

  /** A name that is not ours. Without recursors the reply is as bare as the original's. */
  private async outside(
    message: Uint8Array,
    query: DnsQuery,
    transport: Transport,
    asked: boolean,
  ): Promise<Uint8Array> {
    const { recursors } = this.options;
    if (!recursors.isEmpty) {
      try {
        return await recursors.forward(message, query, transport);
      } catch (error) {
        this.options.logger.debug('all resolvers failed', {
          name: query.question.name,
          error: MeshError.from(error).message,
        });
      }
    }
    const isForwarder = asked || !recursors.isEmpty;
    return encodeReply(isForwarder ? query : { ...query, edns: undefined }, FAILED_RESOLUTION, {
      ...this.encodeOptions(transport, false),
      recursionAvailable: isForwarder,
    });
  }

  private encodeOptions(transport: Transport, authoritative: boolean): EncodeOptions {
    const { settings, recursors, platform } = this.options;
    return {
      transport,
      authoritative,
      recursionAvailable: !recursors.isEmpty,
      compress: !settings.disableCompression,
      udpAnswerLimit: settings.udpAnswerLimit,
      enableTruncate: settings.enableTruncate,
      random: platform.random,
    };
  }

  private report(query: DnsQuery, reply: Uint8Array, transport: Transport, tookMs: number): void {
    const { logger, metrics } = this.options;
    metrics.sample('dns.domain_query', tookMs);
    if (!logger.enabled('TRACE')) return;
    const { name, type } = query.question;
    const rcode = reply[3]! & 15;
    loadTypeNames().then(
      (names) =>
        logger.trace('request served from client', {
          name,
          type: names.type(type),
          rcode: names.rcode(rcode),
          latency_ms: Number(tookMs.toFixed(3)),
          client_network: transport,
        }),
      () => {},
    );
  }

  private flushCount(): void {
    if (this.uncounted > 0) this.options.metrics.count('dns.cached_answer', this.uncounted);
    this.uncounted = 0;
  }
}

function subnetAddress(query: DnsQuery): string {
  const subnet = query.edns?.subnet;
  if (!subnet || subnet.family === 0) return '';
  const whole = new Uint8Array(subnet.family === 1 ? 4 : 16);
  whole.set(subnet.address);
  return formatAddress(whole);
}
