import type { LogEntry } from './entry.ts';
import type { SnapshotPosition } from './snapshot-store.ts';

interface Envelope {
  /** Sender's term. */
  readonly term: number;
  /** Server ids. A server drops what is not addressed to it. */
  readonly from: string;
  readonly to: string;
}

/** RequestVote (Raft paper 5.2) and its pre-vote (thesis 9.6), whose term is the one it would stand in. */
export interface VoteRequest extends Envelope {
  readonly kind: 'vote-request';
  readonly preVote: boolean;
  /** Set after TimeoutNow: the old leader itself asked for this election (thesis 3.10). */
  readonly transfer: boolean;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

export interface VoteResponse extends Envelope {
  readonly kind: 'vote-response';
  readonly preVote: boolean;
  readonly granted: boolean;
}

/** AppendEntries with entries (Raft paper 5.3); several may be under way. */
export interface AppendRequest extends Envelope {
  readonly kind: 'append';
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly entries: readonly LogEntry[];
  readonly commitIndex: number;
}

export interface AppendResponse extends Envelope {
  readonly kind: 'append-response';
  readonly ok: boolean;
  /** ok: the follower's log equals the leader's up to here, on stable storage. Else: prevIndex. */
  readonly index: number;
  /** Refused: where the leader should try next, and the term there (Raft paper 5.3, the shortcut). */
  readonly hintIndex: number;
  readonly hintTerm: number;
}

/** Keeps the leader's claim and lease; touches no disk. */
export interface Heartbeat extends Envelope {
  readonly kind: 'heartbeat';
  /** Leader's monotonic clock, milliseconds, different in each round: the round's name. */
  readonly roundMs: number;
  readonly commitIndex: number;
}

export interface HeartbeatResponse extends Envelope {
  readonly kind: 'heartbeat-response';
  readonly roundMs: number;
}

/** A follower asks for a read index (thesis 6.4): of the leader's lease, or by a round of its own. */
export interface ReadIndexRequest extends Envelope {
  readonly kind: 'read-index';
  readonly id: number;
  readonly mode: ReadMode;
}

export interface ReadIndexResponse extends Envelope {
  readonly kind: 'read-index-response';
  readonly id: number;
  /** Read at this index or later; -1: this server cannot say (it does not lead, or lost its majority). */
  readonly index: number;
}

/** The leader hands over: stand for election at once (thesis 3.10). */
export interface TimeoutNow extends Envelope {
  readonly kind: 'timeout-now';
  /** Newest heartbeat round when it was sent: who has seen a later one knows that it was called off. */
  readonly roundMs: number;
}

/** How a read makes sure of the leader: by its lease, or by a heartbeat round that starts after it. */
export type ReadMode = 'lease' | 'quorum';

/** What servers send each other, but for the bytes of snapshots. */
export type Message =
  | VoteRequest
  | VoteResponse
  | AppendRequest
  | AppendResponse
  | Heartbeat
  | HeartbeatResponse
  | ReadIndexRequest
  | ReadIndexResponse
  | TimeoutNow;

/** Kinds that go on the bulk path; all others on the control path, which bulk must never hold up. */
export const BULK_KINDS: ReadonlySet<Message['kind']> = new Set(['append', 'append-response']);

/** InstallSnapshot (Raft paper 7): followed by the snapshot's bytes as a stream. */
export interface SnapshotOffer extends Envelope {
  readonly position: SnapshotPosition;
  readonly sizeBytes: number;
}

export interface SnapshotOutcome {
  readonly term: number;
  /** The follower holds the state up to the offered position, on stable storage. */
  readonly installed: boolean;
}
