import { invalid } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import { encodeSerf } from '../wire/serf-codec.ts';
import {
  QUERY_FLAG,
  type QueryMessage,
  type QueryResponse,
  RESPONSE_FLAG,
} from '../wire/serf-messages.ts';
import { type DirectSender, QUERY_RESPONSE_BYTES } from './direct-sender.ts';
import { IncomingQueries, type OpenQuery } from './incoming-queries.ts';
import { INTERNAL_PREFIX } from './internal-names.ts';
import type { LamportClock } from './lamport-clock.ts';
import { LamportRing } from './lamport-ring.ts';
import { OutgoingQueries, type QueryListener } from './outgoing-queries.ts';
import { filtersAccept, filtersOf } from './query-filters.ts';
import type { QueryParams, SerfEvent, SerfMember } from './types.ts';

/** Largest query, encoded; bytes. */
export const QUERY_BYTES = 1024;
/** The default timeout in gossip intervals, for each digit of the pool's size. */
const TIMEOUT_INTERVALS = 16;
/** Longest that a query is kept for an answer, whatever it says. */
const MAX_TIMEOUT_MS = 3_600_000;
const NANOS_PER_MS = 1_000_000;
const QUERIES_PER_SLOT = 1024;
const RING_BYTES = 1024 * 1024;

/** The answer to one of serf's own queries; undefined for silence. `fits`: it can be sent. */
export type InternalAnswer = (
  name: string,
  payload: Uint8Array,
  fits: (answer: Uint8Array) => boolean,
) => Uint8Array | undefined;

export interface QueryExchangeOptions {
  readonly ownName: string;
  readonly ownAddress: GossipAddress;
  readonly gossipIntervalMs: number;
  /** Alive members, this one included. */
  readonly aliveCount: () => number;
  readonly local: () => SerfMember;
  readonly clock: LamportClock;
  readonly sender: DirectSender;
  readonly broadcast: (encoded: Uint8Array) => void;
  readonly emit: (event: SerfEvent) => void;
  readonly answerInternal: InternalAnswer;
  /** [0, 1) */
  readonly random: () => number;
}

/** Queries, asked and answered (gossip-wire.md 5.3). */
export class QueryExchange {
  private readonly options: QueryExchangeOptions;
  private readonly outgoing: OutgoingQueries;
  private readonly incoming = new IncomingQueries();
  private readonly seen = new LamportRing<number>({
    same: (a, b) => a === b,
    bytesOf: () => 8,
    maxBytes: RING_BYTES,
    maxPerSlot: QUERIES_PER_SLOT,
  });

  constructor(options: QueryExchangeOptions) {
    this.options = options;
    // Members may be known to others alone; but not any number of them.
    this.outgoing = new OutgoingQueries(() => 64 + 2 * options.aliveCount());
  }

  /** Queries before this time are old: not answered. */
  ignoreBefore(lamportTime: number): void {
    this.seen.ignoreBefore(lamportTime);
  }

  /** How long a query that sets no timeout waits for answers. */
  defaultTimeoutMs(): number {
    const digits = Math.ceil(Math.log10(this.options.aliveCount() + 1));
    return this.options.gossipIntervalMs * TIMEOUT_INTERVALS * digits;
  }

  /**
   * Asks the pool, this member included. Without a listener the answers become events. Throws MeshError:
   * invalid-argument when it is too large, rate-limited when too many are running.
   */
  ask(
    params: QueryParams,
    nowMs: number,
    listener?: QueryListener,
  ): { readonly id: number; readonly deadlineMs: number } {
    this.outgoing.assertRoom();
    const timeoutMs = params.timeoutMs ?? this.defaultTimeoutMs();
    const message = this.messageOf(params, timeoutMs);
    const encoded = encodeSerf(message);
    if (encoded.length > QUERY_BYTES) throw invalid(`query exceeds limit of ${QUERY_BYTES} bytes`);
    const { id, lamportTime } = message;
    const deadlineMs = nowMs + timeoutMs;
    this.outgoing.add({
      id,
      lamportTime,
      deadlineMs,
      listener: listener ?? this.listenerOf(id),
    });
    this.receive(message, nowMs);
    this.options.broadcast(encoded);
    return { id, deadlineMs };
  }

  /** Takes a query, perhaps our own; true when it is new and to be passed on. */
  receive(query: QueryMessage, nowMs: number): boolean {
    this.options.clock.witness(query.lamportTime);
    if (!this.seen.add(query.lamportTime, query.id, this.options.clock.time)) return false;
    if (filtersAccept(query.filters, this.options.local())) this.process(query, nowMs);
    return (query.flags & QUERY_FLAG.noBroadcast) === 0;
  }

  /** Takes an answer to a query of ours; false when it is not one, or comes too late or again. */
  receiveResponse(response: QueryResponse, nowMs: number): boolean {
    const isAck = (response.flags & RESPONSE_FLAG.ack) !== 0;
    return this.outgoing.answer(
      {
        id: response.id,
        lamportTime: response.lamportTime,
        from: response.from,
        payload: isAck ? undefined : (response.payload ?? new Uint8Array()),
      },
      nowMs,
    );
  }

  /** Answers a query once. Throws MeshError invalid-argument when that cannot be. */
  respond(token: number, payload: Uint8Array, nowMs: number): void {
    const query = this.incoming.get(token, nowMs);
    const encoded = this.encodeResponse(query, 0, payload);
    if (encoded.length > QUERY_RESPONSE_BYTES) {
      throw invalid(`response exceeds limit of ${QUERY_RESPONSE_BYTES} bytes`);
    }
    this.incoming.close(token);
    this.send(query, encoded, nowMs);
  }

  /** When a query of ours ends next; Infinity when none runs. */
  nextDeadlineMs(): number {
    return this.outgoing.nextDeadlineMs();
  }

  /** Ends the queries of ours whose time is up. */
  tick(nowMs: number): void {
    this.outgoing.expire(nowMs);
  }

  /** Drops queries of others that nobody can answer any more. */
  sweep(nowMs: number): void {
    this.incoming.expire(nowMs);
  }

  private messageOf(params: QueryParams, timeoutMs: number): QueryMessage {
    const { ownAddress, ownName } = this.options;
    return {
      kind: 'query',
      lamportTime: this.options.clock.time,
      id: Math.floor(this.options.random() * 2 ** 32),
      host: ownAddress.host,
      port: ownAddress.port,
      sourceNode: ownName,
      filters: filtersOf(params),
      flags: params.ack ? QUERY_FLAG.ack : 0,
      relayFactor: params.relayFactor ?? 0,
      timeoutNs: Math.round(timeoutMs * NANOS_PER_MS),
      name: params.name,
      payload: params.payload.length > 0 ? params.payload : undefined,
    };
  }

  private process(message: QueryMessage, nowMs: number): void {
    const timeoutMs = Math.min(MAX_TIMEOUT_MS, message.timeoutNs / NANOS_PER_MS);
    const query: OpenQuery = {
      name: message.name,
      payload: message.payload?.slice() ?? new Uint8Array(),
      lamportTime: message.lamportTime,
      id: message.id,
      sourceNode: message.sourceNode,
      host: message.host,
      port: message.port,
      relayFactor: message.relayFactor,
      deadlineMs: nowMs + timeoutMs,
    };
    if ((message.flags & QUERY_FLAG.ack) !== 0) {
      this.send(query, this.encodeResponse(query, RESPONSE_FLAG.ack, undefined), nowMs);
    }
    if (query.name.startsWith(INTERNAL_PREFIX)) this.processInternal(query, nowMs);
    else this.hand(query);
  }

  private processInternal(query: OpenQuery, nowMs: number): void {
    const fits = (payload: Uint8Array) =>
      this.encodeResponse(query, 0, payload).length <= QUERY_RESPONSE_BYTES;
    const answer = this.options.answerInternal(query.name, query.payload, fits);
    if (!answer || !fits(answer)) return;
    this.send(query, this.encodeResponse(query, 0, answer), nowMs);
  }

  /** Leaves the query to the application. */
  private hand(query: OpenQuery): void {
    const token = this.incoming.add(query);
    const { name, payload, lamportTime, sourceNode, deadlineMs } = query;
    this.options.emit({
      kind: 'query',
      query: { token, name, payload, lamportTime, sourceNode, deadlineMs },
    });
  }

  private encodeResponse(
    query: OpenQuery,
    flags: number,
    payload: Uint8Array | undefined,
  ): Uint8Array {
    return encodeSerf({
      kind: 'queryResponse',
      lamportTime: query.lamportTime,
      id: query.id,
      from: this.options.ownName,
      flags,
      payload,
    });
  }

  private send(query: OpenQuery, encoded: Uint8Array, nowMs: number): void {
    const { host, port, sourceNode: node, relayFactor } = query;
    this.options.sender.answer({ host, port, node, relayFactor }, encoded, nowMs);
  }

  private listenerOf(id: number): QueryListener {
    const { emit } = this.options;
    return {
      ack: (from) => emit({ kind: 'query-ack', id, from }),
      response: (from, payload) => emit({ kind: 'query-response', id, from, payload }),
      done: () => emit({ kind: 'query-done', id }),
    };
  }
}
