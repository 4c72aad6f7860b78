import type { VoteRequest, VoteResponse } from '../messages.ts';
import type { CoreState } from './core-state.ts';
import { type CampaignKind, Candidacy, deservesVote, voteResponse } from './election.ts';
import { majority } from './quorum.ts';

/** A server's part in elections: when it stands, whom it votes for (Raft paper 5.2, thesis 9.6). */
export class Voting {
  /** When this server stands if it hears of no leader until then, monotonic milliseconds. */
  electionDueMs: number;
  private candidacy: Candidacy | undefined;
  /** Before this a restarted server votes for nobody: it may have supported a lease that it forgot. */
  private readonly mayVoteAtMs: number;
  private readonly state: CoreState;

  constructor(state: CoreState) {
    this.state = state;
    this.mayVoteAtMs = state.nowMs + (state.term > 0 ? state.voteRefusalMs : 0);
    this.electionDueMs = state.nowMs + state.randomised(state.timing.heartbeatTimeoutMs);
  }

  get isCandidate(): boolean {
    return this.candidacy !== undefined;
  }

  /** Stands no more, if it did. */
  withdraw(): void {
    this.candidacy = undefined;
  }

  /** A leader is alive: the next election is put off. */
  putOff(): void {
    const { nowMs, timing } = this.state;
    this.electionDueMs = nowMs + this.state.randomised(timing.heartbeatTimeoutMs);
  }

  /** The leader's process is gone: stands as soon as others may vote again. */
  hasten(): void {
    const { timing, leaderContactMs, voteRefusalMs, random, nowMs } = this.state;
    const spreadMs = random.float() * timing.leaderLeaseMs * 0.5;
    const soonMs = Math.max(nowMs, leaderContactMs + voteRefusalMs + spreadMs);
    this.electionDueMs = Math.min(this.electionDueMs, soonMs);
  }

  campaign(kind: CampaignKind): void {
    const { state } = this;
    state.leaderId = '';
    this.electionDueMs = state.nowMs + state.randomised(state.timing.electionTimeoutMs);
    if (kind !== 'pre-vote') {
      state.setTerm(state.term + 1, state.id);
      const needed = majority(state.configurations.voters.length);
      state.emit({ kind: 'became-candidate', term: state.term, needed });
    } else if (!this.candidacy) {
      state.emit({ kind: 'became-pre-candidate', term: state.term });
    }
    this.candidacy = new Candidacy(state, kind);
  }

  /** Whether a leader is, or may be, alive whose lease a new leader would break. */
  private get mayBreakLease(): boolean {
    const { nowMs, leaderContactMs, voteRefusalMs } = this.state;
    return nowMs < Math.max(this.mayVoteAtMs, leaderContactMs + voteRefusalMs);
  }

  /**
   * Answers a vote request. `leads`: this server leads and a majority follows it. `adoptTerm` is
   * called before a vote of a newer term.
   */
  handleRequest(
    request: VoteRequest,
    role: { readonly isLeader: boolean; readonly hasQuorum: boolean },
    adoptTerm: () => void,
  ): void {
    const { state } = this;
    const { from, preVote, term } = request;
    const refuse = () => state.outbox.send(voteResponse(state, from, state.term, preVote, false));
    const isLeaderAlive = role.isLeader ? role.hasQuorum : this.mayBreakLease;
    if (!request.transfer && isLeaderAlive) {
      refuse();
      return;
    }
    const isNewTerm = term > state.term;
    if (!preVote && isNewTerm) adoptTerm();
    const leadsStill = role.isLeader && (preVote || !isNewTerm);
    if (term < state.term || leadsStill || !deservesVote(state, request)) {
      refuse();
      return;
    }
    if (preVote) {
      state.outbox.send(voteResponse(state, from, term, true, true));
      return;
    }
    if (state.votedFor !== from) state.setTerm(term, from);
    this.electionDueMs = state.nowMs + state.randomised(state.timing.electionTimeoutMs);
    state.outbox.sendWhenStored(voteResponse(state, from, term, false, true));
  }

  /** Counts an answer; the votes when this server has won the election by it. */
  handleResponse(response: VoteResponse): number | undefined {
    const { candidacy, state } = this;
    const outcome = candidacy?.count(response);
    if (!candidacy || !outcome) return undefined;
    if (outcome === 'lost') {
      this.candidacy = undefined;
      // Refused rather than unheard: soon the reason may be over.
      this.electionDueMs = state.nowMs + state.randomised(state.timing.leaderLeaseMs / 2);
      return undefined;
    }
    if (candidacy.kind !== 'pre-vote') return candidacy.tally;
    this.campaign('election');
    return undefined;
  }
}
