import { MeshError } from '@mesh/base';

/** Queries of this member that run at once. */
const MAX_PENDING = 1024;

/** Hears what becomes of one query. */
export interface QueryListener {
  ack(from: string): void;
  response(from: string, payload: Uint8Array): void;
  done(): void;
}

/** A query that this member sent. */
export interface OutgoingQuery {
  readonly id: number;
  readonly lamportTime: number;
  /** No answer counts after it. */
  readonly deadlineMs: number;
  readonly listener: QueryListener;
}

/** An answer as it arrived. */
export interface QueryAnswer {
  readonly id: number;
  readonly lamportTime: number;
  readonly from: string;
  /** undefined: it only acknowledges receipt. */
  readonly payload: Uint8Array | undefined;
}

interface Pending {
  readonly query: OutgoingQuery;
  readonly acked: Set<string>;
  readonly answered: Set<string>;
}

/**
 * The queries of this member that may still be answered. Answers belong to a query by Lamport time and id;
 * of each member one ack and one response count.
 */
export class OutgoingQueries {
  private readonly pending = new Map<number, Pending>();
  /** Names that one query may be answered under. */
  private readonly maxAnswers: () => number;

  constructor(maxAnswers: () => number) {
    this.maxAnswers = maxAnswers;
  }

  /** Throws MeshError rate-limited when there is no room for another query. */
  assertRoom(): void {
    if (this.pending.size < MAX_PENDING) return;
    throw new MeshError('rate-limited', `${MAX_PENDING} queries of this member are running`);
  }

  /** Begins to listen for answers. */
  add(query: OutgoingQuery): void {
    this.pending.set(query.lamportTime, { query, acked: new Set(), answered: new Set() });
  }

  /** Takes an answer; false when it belongs to no query, is too late, or came before. */
  answer({ id, lamportTime, from, payload }: QueryAnswer, nowMs: number): boolean {
    const pending = this.pending.get(lamportTime);
    if (pending?.query.id !== id || nowMs > pending.query.deadlineMs) return false;
    const names = payload === undefined ? pending.acked : pending.answered;
    if (names.has(from) || names.size >= this.maxAnswers()) return false;
    names.add(from);
    if (payload === undefined) pending.query.listener.ack(from);
    else pending.query.listener.response(from, payload);
    return true;
  }

  /** When the first deadline passes; Infinity when nothing is asked. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { query } of this.pending.values()) next = Math.min(next, query.deadlineMs);
    return next;
  }

  /** Ends the queries whose deadline has passed. */
  expire(nowMs: number): void {
    for (const [time, { query }] of this.pending) {
      if (query.deadlineMs > nowMs) continue;
      this.pending.delete(time);
      query.listener.done();
    }
  }

  get size(): number {
    return this.pending.size;
  }
}
