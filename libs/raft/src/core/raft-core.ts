import { assert, MeshError } from '@mesh/base';
import type { Configuration, ConfigurationChange } from '../configuration.ts';
import type { Role } from '../consensus.ts';
import type { LogEntry } from '../entry.ts';
import { noLeader } from '../errors.ts';
import type { LogWrite } from '../log-store.ts';
import type { Message, ReadMode, SnapshotOffer, VoteRequest } from '../messages.ts';
import type { SnapshotPosition } from '../snapshot-store.ts';
import {
  type ConfigurationsView,
  changedConfiguration,
  encodeConfiguration,
} from './configuration-tracker.ts';
import type { CoreEvent, ReadAnswer } from './core-event.ts';
import type { CoreState } from './core-state.ts';
import { type CoreOptions, createCoreState } from './create-state.ts';
import { bootstrapLog, handleAppend, handleHeartbeat, installPosition } from './follower.ts';
import { Leader } from './leader.ts';
import type { Progress } from './progress.ts';
import type { LogView } from './raft-log.ts';
import { refuse } from './refusals.ts';
import { Voting } from './voting.ts';

/** All that the shell must do next, in this order: send, log, answer; write when one is due. */
export interface Ready {
  readonly messages: readonly Message[];
  readonly events: readonly CoreEvent[];
  readonly answers: readonly ReadAnswer[];
  /** Peers to send a snapshot to. */
  readonly snapshotsWanted: readonly string[];
  /** To be stored; answered by `stored` or `refused` before the next is given. */
  readonly write: LogWrite | undefined;
}

/**
 * Raft as a deterministic state machine (Ongaro's thesis; structure after etcd's): inputs are messages,
 * proposals and the time, outputs are collected by `ready`. It knows no disk, network or clock.
 */
export class RaftCore {
  private readonly state: CoreState;
  private leader: Leader | undefined;
  private readonly voting: Voting;

  constructor(options: CoreOptions) {
    this.state = createCoreState(options);
    this.voting = new Voting(this.state);
    // The only voter has nobody to wait for.
    if (this.isSoleVoter) this.voting.electionDueMs = options.nowMs;
  }

  get role(): Role {
    if (this.leader) return 'leader';
    return this.voting.isCandidate ? 'candidate' : 'follower';
  }

  get term(): number {
    return this.state.term;
  }

  get leaderId(): string {
    return this.state.leaderId;
  }

  /** When there last was a leader for sure, this server included; -Infinity for never. */
  get leaderContactMs(): number {
    return Math.max(this.state.leaderContactMs, this.state.ledUntilMs);
  }

  get commitIndex(): number {
    return this.state.commitIndex;
  }

  /** Entries up to here may be applied: committed, and stable on this server. */
  get applicableIndex(): number {
    return Math.min(this.state.commitIndex, this.state.log.stableIndex);
  }

  get log(): LogView {
    return this.state.log;
  }

  get configurations(): ConfigurationsView {
    return this.state.configurations;
  }

  /** Whether this leader, at this moment, may answer reads without asking anybody. */
  hasLease(nowMs: number): boolean {
    if (!this.leader) return false;
    this.state.nowMs = nowMs;
    return this.leader.hasLease;
  }

  get isHandingOver(): boolean {
    return this.leader?.transfer !== undefined;
  }

  /** Index of the no-op of this leader's term; undefined on others. */
  get firstIndexOfTerm(): number | undefined {
    return this.leader?.firstIndex;
  }

  get progress(): readonly Progress[] {
    return this.leader?.progress ?? [];
  }

  /** When `tick` is next needed, monotonic milliseconds; Infinity for never. */
  get nextDeadlineMs(): number {
    if (this.leader) return this.leader.deadlineMs;
    if (!this.state.configurations.isVoter(this.state.id)) return Number.POSITIVE_INFINITY;
    return this.voting.electionDueMs;
  }

  tick(nowMs: number): void {
    this.state.nowMs = nowMs;
    if (this.leader) {
      this.leader.tick();
      if (this.leader.hasQuorum) return;
      this.state.emit({ kind: 'lost-quorum', term: this.term });
      this.becomeFollower('');
      return;
    }
    if (nowMs < this.voting.electionDueMs) return;
    if (!this.state.configurations.isVoter(this.state.id)) return;
    this.voting.campaign(this.isSoleVoter ? 'election' : 'pre-vote');
  }

  /** Handles a message. Those for other servers, of old terms, or out of place change nothing. */
  step(message: Message, nowMs: number): void {
    const { state } = this;
    state.nowMs = nowMs;
    if (message.to !== state.id) return;
    if (message.kind === 'vote-request') {
      this.handleVoteRequest(message);
      return;
    }
    const isGrantedPreVote = message.kind === 'vote-response' && message.preVote && message.granted;
    if (message.term > state.term && !isGrantedPreVote) this.adoptTerm(message.term);
    if (message.term < state.term) {
      refuse(state, message);
      return;
    }
    switch (message.kind) {
      case 'vote-response': {
        const tally = this.voting.handleResponse(message);
        if (tally !== undefined) this.becomeLeader(tally);
        return;
      }
      case 'append':
        if (this.heardLeader(message.from)) handleAppend(state, message);
        return;
      case 'heartbeat':
        if (this.heardLeader(message.from)) handleHeartbeat(state, message);
        return;
      case 'append-response':
        this.leader?.handleAppendResponse(message);
        return;
      case 'heartbeat-response':
        this.leader?.handleHeartbeatResponse(message);
        return;
      case 'read-index':
        if (this.leader) this.leader.read({ id: message.id, from: message.from }, message.mode);
        else refuse(state, message);
        return;
      case 'read-index-response':
        state.answerRead(message.id, message.index);
        return;
      case 'timeout-now':
        this.takeOver(message.roundMs);
        return;
    }
  }

  /** Appends commands to the leader's log; returns their entries. Asserts that this server leads. */
  propose(commands: readonly Uint8Array[], nowMs: number): readonly LogEntry[] {
    const { leader } = this;
    assert(leader && !leader.transfer, 'only a leader that stays takes proposals');
    this.state.nowMs = nowMs;
    return commands.map((data) => leader.append('command', data));
  }

  /**
   * Puts a configuration change into the log; undefined when it changes nothing. Throws MeshError
   * `no-leader`, `conflict`, `not-found`, `invalid-argument`.
   */
  changeConfiguration(change: ConfigurationChange, nowMs: number): LogEntry | undefined {
    const { leader, state } = this;
    if (!leader || leader.transfer) throw noLeader();
    state.nowMs = nowMs;
    // One at a time, and only from a leader that has committed in its term (thesis 4.1, erratum).
    if (!leader.committedInTerm || state.configurations.latestIndex > state.commitIndex) {
      throw new MeshError('conflict', 'another configuration change is not committed yet');
    }
    const next = changedConfiguration(state.configurations.latest, change);
    return next && leader.append('configuration', encodeConfiguration(next));
  }

  /** Writes the first configuration; asserts that the log is empty and no term was seen. */
  bootstrap(configuration: Configuration, nowMs: number): LogEntry {
    const { state } = this;
    assert(state.log.lastIndex === 0 && state.term === 0, 'only an empty server is bootstrapped');
    state.nowMs = nowMs;
    const entry = bootstrapLog(state, configuration);
    this.voting.electionDueMs = this.isSoleVoter
      ? nowMs
      : nowMs + state.randomised(state.timing.heartbeatTimeoutMs) / 2;
    return entry;
  }

  /** Asks for a read index; the answer comes with `ready`. `id` is the shell's. */
  readIndex(id: number, mode: ReadMode, nowMs: number): void {
    const { state } = this;
    state.nowMs = nowMs;
    if (this.leader) this.leader.read({ id, from: '' }, mode);
    else if (state.leaderId === '') state.answerRead(id, -1);
    else {
      const { term, id: from, leaderId: to } = state;
      state.outbox.send({ kind: 'read-index', term, from, to, id, mode });
    }
  }

  /** Starts to hand leadership to a voter; undefined when there is nobody to hand it to. */
  transfer(target: string | undefined, nowMs: number): string | undefined {
    const { leader, state } = this;
    assert(leader, 'only a leader hands over');
    state.nowMs = nowMs;
    const to = target ?? leader.mostCaughtUp();
    if (to === undefined || to === state.id || !state.configurations.isVoter(to)) return undefined;
    if (!leader.transfer) leader.beginTransfer(to);
    return leader.transfer?.target ?? to;
  }

  /** The process of a peer is gone: elections need not wait for the whole timeout. */
  peerGone(id: string, nowMs: number): void {
    const { state } = this;
    state.nowMs = nowMs;
    this.leader?.peerGone(id);
    if (!this.leader && state.leaderId === id) this.voting.hasten();
  }

  /** Whether an offered snapshot is wanted: `stale` from an old leader, `held` when it is old news. */
  considerSnapshot(offer: SnapshotOffer, nowMs: number): 'take' | 'held' | 'stale' {
    const { state } = this;
    state.nowMs = nowMs;
    if (offer.to !== state.id || offer.term < state.term) return 'stale';
    if (offer.term > state.term) this.adoptTerm(offer.term);
    this.heardLeader(offer.from);
    return offer.position.index <= state.commitIndex ? 'held' : 'take';
  }

  /** A snapshot of a leader is on stable storage here: the log goes on behind it. False: old news. */
  snapshotInstalled(position: SnapshotPosition, nowMs: number): boolean {
    const { state } = this;
    state.nowMs = nowMs;
    if (position.index <= state.commitIndex) return false;
    installPosition(state, position);
    return true;
  }

  /** The state machine has applied entries up to and including `index`. */
  applied(index: number): void {
    assert(index <= this.state.commitIndex, 'only committed entries are applied');
    this.state.appliedIndex = index;
    const { leader, state } = this;
    // A leader that was removed goes once everybody may know of it (thesis 4.2.2).
    if (!leader || state.configurations.latestIndex > state.commitIndex) return;
    if (!state.configurations.isVoter(state.id)) this.becomeFollower('');
  }

  /** Forgets log entries up to `index`: a snapshot on stable storage holds them. */
  compact(index: number): void {
    const { log, configurations, appliedIndex } = this.state;
    const to = Math.min(index, appliedIndex, log.stableIndex);
    if (to <= log.base.index) return;
    log.compact(to);
    configurations.compact(to);
  }

  snapshotSent(id: string, index: number, installed: boolean, nowMs: number): void {
    this.state.nowMs = nowMs;
    this.leader?.snapshotDone(id, index, installed);
  }

  /** A higher term was seen outside of `step`. */
  sawTerm(term: number, nowMs: number): void {
    this.state.nowMs = nowMs;
    if (term > this.term) this.adoptTerm(term);
  }

  /** Collects what is to be done. `mayWrite` is false while the storage rests after a failure. */
  ready(nowMs: number, mayWrite: boolean): Ready {
    const { state } = this;
    state.nowMs = nowMs;
    this.leader?.flush();
    const write = mayWrite ? state.outbox.takeWrite(state.hardState) : undefined;
    const messages = state.outbox.takeMessages();
    const snapshotsWanted = state.snapshotsWanted;
    state.snapshotsWanted = [];
    const events = state.takeEvents();
    return { messages, events, answers: state.takeAnswers(), snapshotsWanted, write };
  }

  /** The write given by `ready` is on stable storage. */
  stored(nowMs: number): void {
    const { state } = this;
    state.nowMs = nowMs;
    for (const message of state.outbox.writeDone()) {
      // What was promised in an older term is of no use to anybody.
      if (message.term !== state.term) continue;
      if (message.to === state.id) this.step(message, nowMs);
      else state.outbox.send(message);
    }
    this.leader?.stored();
  }

  /**
   * The write given by `ready` was refused as a whole (disk full). Alone, the entries are taken back;
   * a leader of others steps down, for they may have them; the rest is written again.
   */
  refused(nowMs: number): void {
    const { state } = this;
    state.nowMs = nowMs;
    state.outbox.writeRefused();
    if (!this.leader) return;
    if (!state.isAlone) {
      this.becomeFollower('');
      return;
    }
    const from = state.log.dropUnstable();
    state.configurations.truncate(from);
    state.emit({ kind: 'truncated', from, certain: true });
  }

  /** The storage is tried again after a failure. */
  retryWrites(): void {
    this.leader?.restoreNoop();
  }

  private get isSoleVoter(): boolean {
    const { voters } = this.state.configurations;
    return voters.length === 1 && voters[0]!.id === this.state.id;
  }

  private handleVoteRequest(request: VoteRequest): void {
    const role = { isLeader: this.leader !== undefined, hasQuorum: !!this.leader?.hasQuorum };
    this.voting.handleRequest(request, role, () => this.adoptTerm(request.term));
  }

  /** The leader hands over to this server, unless it has called that off since. */
  private takeOver(roundMs: number): void {
    const { state } = this;
    if (this.leader || roundMs < state.leaderRoundMs) return;
    if (state.configurations.isVoter(state.id)) this.voting.campaign('transfer');
  }

  private becomeLeader(tally: number): void {
    const { state } = this;
    this.voting.withdraw();
    state.leaderId = state.id;
    state.emit({ kind: 'became-leader', term: state.term, tally });
    this.leader = new Leader(state);
  }

  private becomeFollower(leaderId: string): void {
    const { state } = this;
    this.leader?.abandon();
    if (this.leader) this.voting.putOff();
    this.leader = undefined;
    this.voting.withdraw();
    state.leaderId = leaderId;
    state.emit({ kind: 'became-follower', leaderId, term: state.term });
  }

  private adoptTerm(term: number): void {
    this.state.setTerm(term, '');
    this.becomeFollower('');
  }

  /** Notes that the leader of this term lives; false when the sender cannot be it. */
  private heardLeader(from: string): boolean {
    const { state } = this;
    if (this.leader || (state.leaderId !== '' && state.leaderId !== from)) return false;
    if (this.voting.isCandidate) this.becomeFollower('');
    if (state.leaderId === '') {
      state.leaderId = from;
      state.emit({ kind: 'leader-known', leaderId: from });
    }
    state.leaderContactMs = state.nowMs;
    this.voting.putOff();
    return true;
  }
}
