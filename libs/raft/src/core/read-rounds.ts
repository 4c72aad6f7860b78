import { majorityValue } from './quorum.ts';

/** Reads waiting at most; beyond it they are told that nobody can say. */
const MAX_WAITING = 4096;

/** Who asked for a read index: this server's own shell (from "") or a follower. */
export interface ReadRequest {
  readonly id: number;
  readonly from: string;
}

interface WaitingRead extends ReadRequest {
  readonly index: number;
  /** A round that starts after the request confirms it. */
  readonly afterMs: number;
}

/**
 * Heartbeat rounds of a leader. A round that a majority answered proves that nobody else led when it
 * was sent: it confirms reads that came before it (Raft thesis 6.4) and extends the lease (6.4.1).
 */
export class ReadRounds {
  private waiting: WaitingRead[] = [];
  private lastRoundMs: number;
  private confirmedMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: number) {
    this.lastRoundMs = nowMs;
  }

  /** Name of a new round: the time, made different from every earlier one. */
  next(nowMs: number): number {
    this.lastRoundMs = Math.max(nowMs, this.lastRoundMs + 0.001);
    return this.lastRoundMs;
  }

  /** Name of the newest round. */
  get newestMs(): number {
    return this.lastRoundMs;
  }

  /** When the newest round was sent that a majority has answered. */
  get confirmedRoundMs(): number {
    return this.confirmedMs;
  }

  /** False when too many wait. */
  add(request: ReadRequest, index: number): boolean {
    if (this.waiting.length >= MAX_WAITING) return false;
    this.waiting.push({ ...request, index, afterMs: this.lastRoundMs });
    return true;
  }

  /** Takes the newest answered round of each voter; returns the reads that are confirmed by it. */
  confirm(ackedRoundsMs: readonly number[]): readonly WaitingRead[] {
    this.confirmedMs = Math.max(this.confirmedMs, majorityValue(ackedRoundsMs));
    if (this.waiting.length === 0) return [];
    const done = this.waiting.filter(({ afterMs }) => afterMs < this.confirmedMs);
    if (done.length > 0) {
      this.waiting = this.waiting.filter(({ afterMs }) => afterMs >= this.confirmedMs);
    }
    return done;
  }

  /** All that wait, when this server no longer leads. */
  abandon(): readonly WaitingRead[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }
}
