import type { LogEntry } from '../entry.ts';
import type { AppendResponse, HeartbeatResponse, ReadMode } from '../messages.ts';
import type { CoreState } from './core-state.ts';
import { appendEntry } from './follower.ts';
import { Progress } from './progress.ts';
import { majorityValue } from './quorum.ts';
import { type ReadRequest, ReadRounds } from './read-rounds.ts';

/** Heartbeats per heartbeat timeout. */
const HEARTBEATS_PER_TIMEOUT = 10;
/** Longest time between heartbeats, milliseconds: operators expect contact within 200. */
const LONGEST_INTERVAL_MS = 100;

/** A hand-over of leadership under way (Raft thesis 3.10). */
interface Transfer {
  readonly target: string;
  readonly deadlineMs: number;
  sent: boolean;
}

/** What only a leader has: its followers' progress, its lease and read rounds, a hand-over. */
export class Leader {
  /** Index of the no-op of this term: nothing is served before it is committed (thesis 6.4). */
  firstIndex: number;
  transfer: Transfer | undefined;
  private readonly peers = new Map<string, Progress>();
  private readonly rounds: ReadRounds;
  private readonly electedAtMs: number;
  private readonly state: CoreState;
  private heartbeatDueMs: number;
  private noticeDueMs = Number.POSITIVE_INFINITY;
  private roundWanted = true;
  /** TimeoutNow was sent: until its target answers a later round, it may win despite the lease. */
  private givenUp: { readonly target: string; readonly roundMs: number } | undefined;
  private early: (ReadRequest & { readonly mode: ReadMode })[] = [];

  constructor(state: CoreState) {
    this.state = state;
    this.electedAtMs = state.nowMs;
    this.heartbeatDueMs = state.nowMs;
    this.rounds = new ReadRounds(state.nowMs);
    this.firstIndex = state.log.lastIndex + 1;
    this.refreshPeers();
    this.append('noop', new Uint8Array(0));
  }

  get committedInTerm(): boolean {
    return this.state.commitIndex >= this.firstIndex;
  }

  /** Whether this leader may answer reads by itself at this moment (thesis 6.4.1). */
  get hasLease(): boolean {
    if (!this.committedInTerm || this.isLeaseGivenUp) return false;
    const { nowMs, timing } = this.state;
    return this.isSoleVoter || nowMs < this.rounds.confirmedRoundMs + timing.leaderLeaseMs;
  }

  get progress(): readonly Progress[] {
    return [...this.peers.values()];
  }

  /** When `tick` is next needed, monotonic milliseconds. */
  get deadlineMs(): number {
    const transferMs = this.transfer?.deadlineMs ?? Number.POSITIVE_INFINITY;
    return Math.min(this.heartbeatDueMs, this.noticeDueMs, transferMs);
  }

  append(kind: LogEntry['kind'], data: Uint8Array): LogEntry {
    const { log, term } = this.state;
    const entry: LogEntry = { index: log.lastIndex + 1, term, kind, data };
    appendEntry(this.state, entry);
    if (kind === 'configuration') this.refreshPeers();
    return entry;
  }

  /** The no-op was refused by the storage: puts it into the log again. */
  restoreNoop(): void {
    if (this.state.log.lastIndex >= this.firstIndex) return;
    this.firstIndex = this.state.log.lastIndex + 1;
    this.append('noop', new Uint8Array(0));
  }

  /** Follows the latest configuration: new servers get progress, removed ones lose it. */
  refreshPeers(): void {
    const { configurations, log, nowMs, id } = this.state;
    const servers = configurations.latest.servers.filter((server) => server.id !== id);
    const wanted = new Set(servers.map((server) => server.id));
    for (const known of this.peers.keys()) if (!wanted.has(known)) this.peers.delete(known);
    for (const added of wanted) {
      if (this.peers.has(added)) continue;
      this.peers.set(added, new Progress(added, log.lastIndex + 1, nowMs));
      this.heartbeatDueMs = nowMs;
    }
  }

  /** Time has come for a heartbeat, a commit notice, or the end of a hand-over. */
  tick(): void {
    const { nowMs } = this.state;
    if (nowMs >= this.heartbeatDueMs) this.roundWanted = true;
    else if (nowMs >= this.noticeDueMs) {
      this.noticeDueMs = Number.POSITIVE_INFINITY;
      this.roundWanted ||= this.progress.some((peer) => this.isUntold(peer));
    }
    if (this.transfer && nowMs >= this.transfer.deadlineMs) this.endTransfer(false);
  }

  /** Whether a majority was heard of within the lease; else this leader must step down. */
  get hasQuorum(): boolean {
    if (this.isSoleVoter) return true;
    const { nowMs, timing } = this.state;
    const heardMs = Math.max(this.rounds.confirmedRoundMs, this.electedAtMs);
    return nowMs <= heardMs + timing.leaderLeaseMs;
  }

  /** Sends what there is to send: appends, a heartbeat round. Called once per turn. */
  flush(): void {
    for (const peer of this.peers.values()) this.sendAppends(peer);
    if (this.roundWanted) this.sendRound();
  }

  /** This server's own log advanced on disk. */
  stored(): void {
    this.advanceCommit();
  }

  handleAppendResponse(response: AppendResponse): void {
    const peer = this.peers.get(response.from);
    if (!peer) return;
    const { nowMs, log } = this.state;
    if (response.ok) {
      if (response.index > log.lastIndex) return;
      const before = peer.matchIndex;
      peer.matched(response.index, nowMs);
      if (peer.matchIndex > before) this.advanceCommit();
      if (this.isUntold(peer)) this.noticeSoon();
      if (this.transfer?.target === peer.id) this.tryTransfer();
      return;
    }
    const tryNext = log.lastIndexOfTerm(response.hintIndex, response.hintTerm) + 1;
    peer.rejected(response.index, tryNext, nowMs);
  }

  handleHeartbeatResponse({ from, roundMs }: HeartbeatResponse): void {
    const peer = this.peers.get(from);
    if (!peer || roundMs <= peer.ackedRoundMs) return;
    peer.ackedRoundMs = roundMs;
    const { nowMs, timing, log } = this.state;
    const silentMs = nowMs - peer.appendAliveMs;
    const behind = peer.matchIndex < log.lastIndex;
    // It lives, yet an append was not answered for long: lost with a connection.
    if (behind && peer.hasInflight && silentMs > timing.heartbeatTimeoutMs / 2) peer.probe();
    this.confirmRounds();
  }

  /** Its connection broke: what was under way may be lost. */
  peerGone(id: string): void {
    const peer = this.peers.get(id);
    if (peer && peer.state !== 'snapshot') peer.probe();
  }

  snapshotDone(id: string, index: number, installed: boolean): void {
    const peer = this.peers.get(id);
    if (peer?.state !== 'snapshot') return;
    if (installed && index > peer.matchIndex) peer.matchIndex = index;
    peer.probe();
  }

  /** Starts to confirm a read; the answer comes by `answer` of the state, or as a message. */
  read(request: ReadRequest, mode: ReadMode): void {
    if (!this.committedInTerm) {
      if (this.early.length < 4096) this.early.push({ ...request, mode });
      else this.answer(request, -1);
      return;
    }
    const index = this.state.commitIndex;
    if (this.isSoleVoter || (mode === 'lease' && this.hasLease)) this.answer(request, index);
    else if (this.rounds.add(request, index)) this.roundWanted = true;
    else this.answer(request, -1);
  }

  /** Begins to hand over; the shell has checked that the target is another voter. */
  beginTransfer(target: string): void {
    const deadlineMs = this.state.nowMs + this.state.timing.electionTimeoutMs;
    this.transfer = { target, deadlineMs, sent: false };
    this.tryTransfer();
  }

  /** This server leads no more: what waits here is answered. */
  abandon(): void {
    this.state.ledUntilMs = this.state.nowMs;
    for (const read of [...this.early, ...this.rounds.abandon()]) this.answer(read, -1);
    this.early = [];
    if (this.transfer) this.endTransfer(true);
  }

  /** The voter with the longest matching log, other than this one; undefined when there is none. */
  mostCaughtUp(): string | undefined {
    const voters = this.progress.filter(({ id }) => this.state.configurations.isVoter(id));
    const alive = voters.filter(({ ackedRoundMs }) => ackedRoundMs >= 0);
    return alive.sort((a, b) => b.matchIndex - a.matchIndex)[0]?.id;
  }

  private get isSoleVoter(): boolean {
    const { voters } = this.state.configurations;
    return voters.length === 1 && voters[0]!.id === this.state.id;
  }

  private get isLeaseGivenUp(): boolean {
    if (!this.givenUp) return false;
    const { target, roundMs } = this.givenUp;
    const ackedMs = this.peers.get(target)?.ackedRoundMs ?? Number.NEGATIVE_INFINITY;
    if (!this.transfer && ackedMs > roundMs) this.givenUp = undefined;
    return this.givenUp !== undefined;
  }

  private tryTransfer(): void {
    const { transfer, state } = this;
    if (!transfer || transfer.sent) return;
    const peer = this.peers.get(transfer.target);
    if (!peer || peer.matchIndex < state.log.lastIndex) return;
    transfer.sent = true;
    const { term, id } = state;
    const { target: to } = transfer;
    const roundMs = this.rounds.newestMs;
    this.givenUp = { target: to, roundMs };
    state.outbox.send({ kind: 'timeout-now', term, from: id, to, roundMs });
  }

  private endTransfer(ok: boolean): void {
    this.state.emit({ kind: 'transfer-ended', target: this.transfer!.target, ok });
    this.transfer = undefined;
  }

  private sendAppends(peer: Progress): void {
    const { log, limits, term, id, commitIndex, nowMs } = this.state;
    while (peer.nextIndex <= log.lastIndex || peer.state === 'probe') {
      if (!peer.canSend(limits.maxInflightAppends)) return;
      const prevIndex = peer.nextIndex - 1;
      const prevTerm = log.term(prevIndex);
      if (prevTerm === undefined) {
        peer.awaitSnapshot();
        this.state.snapshotsWanted.push(peer.id);
        return;
      }
      const to = Math.min(log.lastIndex, prevIndex + limits.maxBatchEntries);
      const entries = log.slice(peer.nextIndex, to, limits.maxBatchBytes);
      const envelope = { kind: 'append', term, from: id, to: peer.id } as const;
      this.state.outbox.send({ ...envelope, prevIndex, prevTerm, entries, commitIndex });
      const last = prevIndex + entries.length;
      peer.sent(last, nowMs);
      peer.toldCommit = Math.max(peer.toldCommit, Math.min(commitIndex, last));
    }
  }

  private sendRound(): void {
    const { state } = this;
    this.roundWanted = false;
    const roundMs = this.rounds.next(state.nowMs);
    const { heartbeatTimeoutMs } = state.timing;
    const intervalMs = Math.min(heartbeatTimeoutMs / HEARTBEATS_PER_TIMEOUT, LONGEST_INTERVAL_MS);
    // Alone there is nobody to keep from standing.
    const dueMs = this.peers.size === 0 ? Number.POSITIVE_INFINITY : state.nowMs + intervalMs;
    this.heartbeatDueMs = dueMs;
    this.noticeDueMs = Number.POSITIVE_INFINITY;
    const { term, id: from } = state;
    for (const peer of this.peers.values()) {
      const commitIndex = Math.min(peer.matchIndex, state.commitIndex);
      peer.toldCommit = Math.max(peer.toldCommit, commitIndex);
      state.outbox.send({ kind: 'heartbeat', term, from, to: peer.id, roundMs, commitIndex });
    }
    this.confirmRounds();
  }

  private confirmRounds(): void {
    const { configurations, id } = this.state;
    const { voters } = configurations;
    if (voters.length === 0) return;
    const acked = voters.map((voter) =>
      voter.id === id
        ? Number.POSITIVE_INFINITY
        : (this.peers.get(voter.id)?.ackedRoundMs ?? Number.NEGATIVE_INFINITY),
    );
    for (const read of this.rounds.confirm(acked)) this.answer(read, read.index);
  }

  /** An entry of this term that a majority stored is committed, and all before it (paper 5.4.2). */
  private advanceCommit(): void {
    const { configurations, log, id, term, commitIndex } = this.state;
    const { voters } = configurations;
    if (voters.length === 0) return;
    const stored = voters.map((voter) =>
      voter.id === id ? log.stableIndex : (this.peers.get(voter.id)?.matchIndex ?? 0),
    );
    const index = majorityValue(stored);
    if (index <= commitIndex || log.term(index) !== term) return;
    const hadCommitted = this.committedInTerm;
    this.state.advanceCommit(index);
    this.noticeSoon();
    if (hadCommitted || !this.committedInTerm) return;
    const early = this.early;
    this.early = [];
    for (const { mode, ...request } of early) this.read(request, mode);
  }

  /** Whether a follower holds committed entries that it does not know to be so. */
  private isUntold({ matchIndex, toldCommit }: Progress): boolean {
    return toldCommit < Math.min(matchIndex, this.state.commitIndex);
  }

  private noticeSoon(): void {
    if (this.peers.size === 0) return;
    const { nowMs, timing } = this.state;
    this.noticeDueMs = Math.min(this.noticeDueMs, nowMs + timing.commitNoticeMs);
  }

  private answer({ id, from }: ReadRequest, index: number): void {
    const { state } = this;
    if (from === '') {
      state.answerRead(id, index);
      return;
    }
    const envelope = { term: state.term, from: state.id, to: from };
    const peer = this.peers.get(from);
    // The follower will wait until it has this index: tell it now that it is committed.
    if (peer && index > peer.toldCommit) this.roundWanted = true;
    state.outbox.send({ kind: 'read-index-response', ...envelope, id, index });
  }
}
