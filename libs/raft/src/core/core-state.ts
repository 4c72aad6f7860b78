import type { Random } from '@mesh/base';
import type { HardState } from '../entry.ts';
import type { RaftTiming } from '../timing.ts';
import type { ConfigurationTracker } from './configuration-tracker.ts';
import type { CoreEvent, ReadAnswer } from './core-event.ts';
import type { Outbox } from './outbox.ts';
import type { RaftLog } from './raft-log.ts';

/** How much longer than a lease followers refuse votes: the margin for clock rates (thesis 6.4.1). */
const LEASE_MARGIN = 1.25;

/** Limits that the core itself keeps. */
export interface CoreLimits {
  readonly maxBatchEntries: number;
  readonly maxBatchBytes: number;
  readonly maxInflightAppends: number;
}

/** State that every role has (Raft paper, figure 2), and the core's ways out. */
export class CoreState {
  readonly id: string;
  readonly timing: RaftTiming;
  readonly random: Pick<Random, 'float'>;
  readonly limits: CoreLimits;
  readonly log: RaftLog;
  readonly configurations: ConfigurationTracker;
  readonly outbox: Outbox;
  term: number;
  votedFor: string;
  commitIndex: number;
  appliedIndex: number;
  /** "" while none is known. */
  leaderId = '';
  /** When a leader of this term was last heard of, monotonic milliseconds; -Infinity for never. */
  leaderContactMs = Number.NEGATIVE_INFINITY;
  /** When this server itself led last, monotonic milliseconds; -Infinity for never. */
  ledUntilMs = Number.NEGATIVE_INFINITY;
  /** Newest heartbeat round of this term's leader; -Infinity for none. */
  leaderRoundMs = Number.NEGATIVE_INFINITY;
  /** Monotonic time of the input being handled. */
  nowMs = 0;
  /** Peers that need a snapshot. */
  snapshotsWanted: string[] = [];
  private events: CoreEvent[] = [];
  private answers: ReadAnswer[] = [];

  constructor(parts: {
    readonly id: string;
    readonly timing: RaftTiming;
    readonly random: Pick<Random, 'float'>;
    readonly limits: CoreLimits;
    readonly log: RaftLog;
    readonly configurations: ConfigurationTracker;
    readonly outbox: Outbox;
    readonly hardState: HardState;
    readonly commitIndex: number;
  }) {
    this.id = parts.id;
    this.timing = parts.timing;
    this.random = parts.random;
    this.limits = parts.limits;
    this.log = parts.log;
    this.configurations = parts.configurations;
    this.outbox = parts.outbox;
    this.term = parts.hardState.term;
    this.votedFor = parts.hardState.votedFor;
    this.commitIndex = parts.commitIndex;
    this.appliedIndex = parts.commitIndex;
  }

  get hardState(): HardState {
    const commitIndex = Math.min(this.commitIndex, this.log.stableIndex);
    return { term: this.term, votedFor: this.votedFor, commitIndex };
  }

  /** For how long after a leader was heard of votes are refused, milliseconds. */
  get voteRefusalMs(): number {
    return this.timing.leaderLeaseMs * LEASE_MARGIN;
  }

  /** Whether this server alone is the cluster. */
  get isAlone(): boolean {
    const { servers } = this.configurations.latest;
    return servers.length === 1 && servers[0]!.id === this.id;
  }

  /** Uniform from `ms` up to twice `ms`. */
  randomised(ms: number): number {
    return ms * (1 + this.random.float());
  }

  setTerm(term: number, votedFor: string): void {
    if (term !== this.term) this.leaderRoundMs = Number.NEGATIVE_INFINITY;
    this.term = term;
    this.votedFor = votedFor;
    this.outbox.touchHardState();
  }

  advanceCommit(index: number): void {
    const bounded = Math.min(index, this.log.lastIndex);
    if (bounded > this.commitIndex) this.commitIndex = bounded;
  }

  emit(event: CoreEvent): void {
    this.events.push(event);
  }

  answerRead(id: number, index: number): void {
    this.answers.push({ id, index });
  }

  takeEvents(): readonly CoreEvent[] {
    const events = this.events;
    this.events = [];
    return events;
  }

  takeAnswers(): readonly ReadAnswer[] {
    const answers = this.answers;
    this.answers = [];
    return answers;
  }
}
