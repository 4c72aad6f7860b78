import type { Random } from '@mesh/base';
import { MessageWriter, messageBuffer, type ReplyHeader, type ReplyOpt } from './message-writer.ts';
import type { BadQuery, DnsQuery } from './query.ts';
import { HEADER_BYTES, MAX_MESSAGE_BYTES, PLAIN_UDP_BYTES, RCODE, TYPE } from './record-types.ts';
import type { DnsRecord } from './records.ts';
import type { AnswerGroup, Resolution } from './resolution.ts';

/** How an answer is to be put into bytes. */
export interface EncodeOptions {
  readonly transport: 'udp' | 'tcp';
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly compress: boolean;
  /** Most answers to a client limited to 512 bytes, at most 8. */
  readonly udpAnswerLimit: number;
  /** Set TC when answers were left out. */
  readonly enableTruncate: boolean;
  readonly random: Random;
}

/** Upper bound of `udpAnswerLimit`, whatever is configured. */
const MAX_UDP_ANSWERS = 8;

/** Every message is encoded here and then copied out; nothing awaits in between. */
const buffer = messageBuffer();

/** An answer of which each record knows what goes with it. */
interface Entry {
  readonly record: DnsRecord;
  readonly additional: readonly DnsRecord[];
}

/**
 * Encodes an answer to a query, at most as large as the client takes. Groups are shuffled and cut to the
 * resolution's limit, then answers are left out from the end until the rest fits. A UDP client without EDNS,
 * or that takes just 512 bytes, gets `udpAnswerLimit` answers at most (and then so few that they would fit
 * uncompressed, for forwarders that unpack). An answer of which nothing fits has TC set in any case.
 */
export function encodeReply(
  query: DnsQuery,
  resolution: Resolution,
  options: EncodeOptions,
): Uint8Array {
  const entries = chooseGroups(resolution, options.random).flatMap(groupEntries);
  const maxBytes = maxReplyBytes(query, options.transport);
  const encoder = new ReplyEncoder(query, resolution, options, maxBytes);
  let limit = entries.length;
  if (options.transport === 'udp' && maxBytes === PLAIN_UDP_BYTES) {
    limit = Math.min(limit, options.udpAnswerLimit, MAX_UDP_ANSWERS);
  }
  if (limit === entries.length) {
    const whole = encoder.encode(entries, 'all', options.compress, false);
    if (whole) return whole;
    // Over TCP complete answers matter more than what goes with them; so does a single answer.
    const isBareGood = options.transport === 'tcp' || entries.length === 1;
    const bare = isBareGood && encoder.encode(entries, 'some', options.compress, false);
    if (bare) return bare;
  }
  return encodeCut(encoder, entries, limit, options);
}

/** The most answers that fit, with the addresses that belong to them. */
function encodeCut(
  encoder: ReplyEncoder,
  entries: readonly Entry[],
  limit: number,
  options: EncodeOptions,
): Uint8Array {
  const isPlainUdp = limit < entries.length;
  const compressToMeasure = options.compress && !isPlainUdp;
  const fits = (count: number) =>
    encoder.encode(entries.slice(0, count), 'addresses', compressToMeasure, false) !== undefined;
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  const truncated = low < entries.length && options.enableTruncate;
  if (low > 0) {
    const reply = encoder.encode(entries.slice(0, low), 'addresses', options.compress, truncated);
    if (reply) return reply;
  }
  const first =
    limit > 0
      ? encoder.encode(entries.slice(0, 1), 'some', options.compress, truncated)
      : undefined;
  return first ?? encoder.encode([], 'some', options.compress, true) ?? encoder.headerOnly();
}

function chooseGroups(resolution: Resolution, random: Random): readonly AnswerGroup[] {
  const { groups, maxGroups, shuffle } = resolution;
  const chosen = shuffle && groups.length > 1 ? shuffled(groups, random) : groups;
  return maxGroups > 0 && maxGroups < chosen.length ? chosen.slice(0, maxGroups) : chosen;
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const out = [...items];
  for (let at = out.length - 1; at > 0; at--) {
    const other = Math.floor(random.float() * (at + 1));
    [out[at], out[other]] = [out[other]!, out[at]!];
  }
  return out;
}

function groupEntries(group: AnswerGroup): readonly Entry[] {
  if (group.answers.length === 0 && group.additional.length > 0) {
    return [{ record: NO_ANSWER, additional: group.additional }];
  }
  return group.answers.map((record, index) => ({
    record,
    additional: index === 0 ? group.additional : [],
  }));
}

/** Stands for the answer of a group that has additional records alone. Never written. */
const NO_ANSWER: DnsRecord = { type: TYPE.TXT, name: '.', ttlS: 0, text: '' };

/** Largest reply that the client of a query takes. */
export function maxReplyBytes(query: DnsQuery, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return MAX_MESSAGE_BYTES;
  return Math.max(query.edns?.udpBytes ?? 0, PLAIN_UDP_BYTES);
}

/** Additional records: all or nothing; just addresses; or as many as there is room for. */
type AdditionalRule = 'all' | 'addresses' | 'some';

class ReplyEncoder {
  private readonly query: DnsQuery;
  private readonly resolution: Resolution;
  private readonly options: EncodeOptions;
  private readonly maxBytes: number;

  constructor(query: DnsQuery, resolution: Resolution, options: EncodeOptions, maxBytes: number) {
    this.query = query;
    this.resolution = resolution;
    this.options = options;
    this.maxBytes = maxBytes;
  }

  /** The message, or undefined when it does not fit. */
  encode(
    entries: readonly Entry[],
    rule: AdditionalRule,
    compress: boolean,
    truncated: boolean,
  ): Uint8Array | undefined {
    const opt = this.opt();
    const room = this.maxBytes - (opt ? optBytes(opt) : 0);
    const writer = new MessageWriter(buffer, compress);
    writer.question(this.query.questionBytes, this.query.question.name);
    let answers = 0;
    for (const { record } of entries) {
      if (record === NO_ANSWER) continue;
      writer.record(record);
      answers++;
      if (writer.overflowed || writer.length > room) return undefined;
    }
    for (const record of this.resolution.authority) writer.record(record);
    if (writer.overflowed || writer.length > room) return undefined;
    const extra = writeAdditional(writer, entries, rule, room);
    if (extra === undefined) return undefined;
    if (opt) writer.opt(opt);
    return writer.finish(this.header(truncated), [
      1,
      answers,
      this.resolution.authority.length,
      extra + (opt ? 1 : 0),
    ]);
  }

  /** The last resort: not even the question fits beside OPT. */
  headerOnly(): Uint8Array {
    const writer = new MessageWriter(buffer, false);
    writer.question(new Uint8Array(0), '.');
    return writer.finish(this.header(true), [0, 0, 0, 0]);
  }

  private header(truncated: boolean): ReplyHeader {
    const { query, options, resolution } = this;
    return {
      id: query.id,
      authoritative: options.authoritative,
      truncated,
      recursionDesired: query.recursionDesired,
      recursionAvailable: options.recursionAvailable,
      checkingDisabled: query.checkingDisabled,
      rcode: resolution.rcode,
    };
  }

  private opt(): ReplyOpt | undefined {
    const { edns } = this.query;
    if (!edns) return undefined;
    const { rcode, globalScope } = this.resolution;
    const isGlobal = globalScope || rcode !== RCODE.NOERROR;
    const scopeBits = isGlobal ? 0 : (edns.subnet?.sourceBits ?? 0);
    return { udpBytes: edns.udpBytes, rcode, subnet: edns.subnet, scopeBits };
  }
}

function optBytes(opt: ReplyOpt): number {
  return 11 + (opt.subnet ? 8 + opt.subnet.address.length : 0);
}

/** How many additional records were written; undefined when one that must does not fit. */
function writeAdditional(
  writer: MessageWriter,
  entries: readonly Entry[],
  rule: AdditionalRule,
  room: number,
): number | undefined {
  const written = new Set<DnsRecord>();
  for (const { additional } of entries) {
    for (const record of additional) {
      if (written.has(record) || (rule === 'addresses' && record.type === TYPE.TXT)) continue;
      const mark = writer.length;
      writer.record(record);
      if (!writer.overflowed && writer.length <= room) {
        written.add(record);
        continue;
      }
      if (rule !== 'some') return undefined;
      writer.rewind(mark);
      return written.size;
    }
  }
  return written.size;
}

/** Answers a datagram that is no answerable query: a header, and nothing else. */
export function encodeRefusal(bad: BadQuery & { readonly kind: 'refuse' }): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes[0] = bad.id >> 8;
  bytes[1] = bad.id & 255;
  bytes[2] = 0x80 | (bad.opcode << 3) | (bad.recursionDesired ? 1 : 0);
  bytes[3] = bad.rcode;
  return bytes;
}
