import { invalid } from '@mesh/base';

/** Queries kept for an answer; the one that came first makes way. */
const MAX_OPEN = 1024;

/** A query of another member, or our own, that may still be answered. */
export interface OpenQuery {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly lamportTime: number;
  readonly id: number;
  readonly sourceNode: string;
  /** Where the answer goes. */
  readonly host: string;
  readonly port: number;
  /** Members that relay the answer. */
  readonly relayFactor: number;
  /** No answer counts after it. */
  readonly deadlineMs: number;
}

/** Queries that wait for an answer of the application. Each is answered at most once, before its deadline. */
export class IncomingQueries {
  private readonly open = new Map<number, OpenQuery>();
  private lastToken = 0;

  /** Keeps a query; returns the token that answers it. */
  add(query: OpenQuery): number {
    this.lastToken += 1;
    this.open.set(this.lastToken, query);
    if (this.open.size > MAX_OPEN) this.dropOldest();
    return this.lastToken;
  }

  /** The query of a token. Throws MeshError invalid-argument when it is answered already, or too late. */
  get(token: number, nowMs: number): OpenQuery {
    const query = this.open.get(token);
    if (!query) throw invalid('the query was answered already, or its deadline has passed');
    if (nowMs > query.deadlineMs) {
      this.open.delete(token);
      throw invalid('response is past the deadline');
    }
    return query;
  }

  /** The query is answered. */
  close(token: number): void {
    this.open.delete(token);
  }

  /** Drops those whose deadline has passed. */
  expire(nowMs: number): void {
    for (const [token, query] of this.open) {
      if (query.deadlineMs < nowMs) this.open.delete(token);
    }
  }

  get size(): number {
    return this.open.size;
  }

  private dropOldest(): void {
    for (const token of this.open.keys()) {
      this.open.delete(token);
      return;
    }
  }
}
