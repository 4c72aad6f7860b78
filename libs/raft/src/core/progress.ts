/** Replication to one peer (etcd's states): find where logs agree, stream from there, or snapshot. */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** A follower as its leader tracks it (Raft paper, figure 2: nextIndex, matchIndex). */
export class Progress {
  readonly id: string;
  state: ProgressState = 'probe';
  matchIndex = 0;
  nextIndex: number;
  /** Highest commitIndex that was sent. */
  toldCommit = 0;
  /** Newest heartbeat round that was answered; -1 for none in this term. */
  ackedRoundMs = -1;
  /** When the last append was answered or, with none under way, the first was sent. */
  appendAliveMs: number;
  /** A probe is under way. */
  private probing = false;
  /** Last index of each append under way, in order of sending. */
  private inflight: number[] = [];

  constructor(id: string, nextIndex: number, nowMs: number) {
    this.id = id;
    this.nextIndex = nextIndex;
    this.appendAliveMs = nowMs;
  }

  canSend(maxInflight: number): boolean {
    if (this.state === 'probe') return !this.probing;
    return this.state === 'replicate' && this.inflight.length < maxInflight;
  }

  get hasInflight(): boolean {
    return this.probing || this.inflight.length > 0;
  }

  sent(lastIndex: number, nowMs: number): void {
    if (!this.hasInflight) this.appendAliveMs = nowMs;
    if (this.state === 'probe') {
      this.probing = true;
      return;
    }
    this.inflight.push(lastIndex);
    this.nextIndex = lastIndex + 1;
  }

  /** The peer's log agrees up to `index`. */
  matched(index: number, nowMs: number): void {
    this.appendAliveMs = nowMs;
    if (index > this.matchIndex) this.matchIndex = index;
    this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1);
    if (this.state === 'replicate') {
      let done = 0;
      while (done < this.inflight.length && this.inflight[done]! <= index) done++;
      if (done > 0) this.inflight.splice(0, done);
      return;
    }
    if (this.state === 'snapshot' && index < this.nextIndex - 1) return;
    this.state = 'replicate';
    this.probing = false;
    this.nextIndex = this.matchIndex + 1;
  }

  /** The peer lacks the entry before an append. False when the answer is old news. */
  rejected(prevIndex: number, tryNext: number, nowMs: number): boolean {
    if (this.state === 'replicate') {
      if (prevIndex <= this.matchIndex) return false;
      this.probe(this.matchIndex + 1);
    } else {
      if (this.state !== 'probe' || prevIndex !== this.nextIndex - 1) return false;
      this.probe(Math.max(this.matchIndex + 1, Math.min(tryNext, prevIndex)));
    }
    this.appendAliveMs = nowMs;
    return true;
  }

  /** What was under way may be lost: find anew where to go on. */
  probe(nextIndex = this.matchIndex + 1): void {
    this.state = 'probe';
    this.probing = false;
    this.inflight = [];
    this.nextIndex = nextIndex;
  }

  awaitSnapshot(): void {
    this.probe();
    this.state = 'snapshot';
  }
}
