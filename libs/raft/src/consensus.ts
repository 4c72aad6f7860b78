import type { ConfigurationChange, ServerInfo } from './configuration.ts';
import type { ReadMode } from './messages.ts';
import type { SnapshotMeta } from './snapshot-store.ts';

export type Role = 'follower' | 'candidate' | 'leader';

/** What operators and `consul info` see of a consensus node. */
export interface ConsensusStatus {
  readonly role: Role;
  readonly term: number;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  readonly lastSnapshotIndex: number;
  readonly lastSnapshotTerm: number;
  /** Entries committed but not yet applied. */
  readonly pending: number;
  /** "" while no leader is known. */
  readonly leaderId: string;
  readonly leaderAddress: string;
  /** Milliseconds since the leader was last heard of; 0 on the leader itself, -1 for never. */
  readonly lastContactMs: number;
  /** The latest configuration in the log, and the index of its entry. */
  readonly servers: readonly ServerInfo[];
  readonly configurationIndex: number;
}

/** A follower as its leader sees it. */
export interface PeerProgress {
  readonly id: string;
  readonly matchIndex: number;
  /** Milliseconds since a heartbeat of it was answered; -1 for never in this term. */
  readonly lastContactMs: number;
}

/** Who leads, as this server knows it. `leading` only once it may serve: its no-op is applied. */
export interface Leadership {
  readonly leading: boolean;
  /** "" while none is known. */
  readonly leaderId: string;
  readonly leaderAddress: string;
}

/** The replicated log as the server sees it. */
export interface Consensus {
  status(): ConsensusStatus;
  /** Followers of this leader; empty on others. */
  progress(): readonly PeerProgress[];
  /**
   * Proposes a command. Resolves with what apply returned once a majority has it on stable storage
   * and it is applied here. Rejects with MeshError `no-leader` when this server does not lead (the
   * command is certainly not in the log), `unavailable` when the log could not be written and the
   * command is certainly gone, `rate-limited` when too many wait, `too-large`, and
   * `unknown-outcome` when leadership or the process was lost in between.
   */
  propose(data: Uint8Array): Promise<unknown>;
  /**
   * True when this server may answer a read from its state right now: it leads, its lease holds,
   * and all that is committed is applied. Costs nothing; evaluate in the same turn.
   */
  canReadNow(): boolean;
  /**
   * Resolves when this server's state holds everything that was committed when it was called, on a
   * follower by asking the leader. Rejects with `no-leader`.
   */
  readIndex(mode: ReadMode): Promise<void>;
  /** Tells each change of who leads; at once with the present state. Returns an unsubscriber. */
  onLeadership(listener: (leadership: Leadership) => void): () => void;
  /**
   * Changes the cluster by one server, on the leader. Resolves when committed. Rejects with
   * `no-leader`, `conflict` while another change is not committed yet, `not-found`,
   * `invalid-argument` (last voter removed), `unknown-outcome`.
   */
  changeConfiguration(change: ConfigurationChange): Promise<void>;
  /**
   * Hands leadership to a voter, the most caught-up one when none is named. Resolves when this
   * server no longer leads; rejects with `unavailable` when that takes longer than an election
   * timeout, and goes on leading.
   */
  transferLeadership(id?: string): Promise<void>;
  /**
   * Writes the first configuration of a new cluster into an empty log. Rejects with `conflict` when
   * this server has any state.
   */
  bootstrap(servers: readonly ServerInfo[]): Promise<void>;
  /** Takes a snapshot now and compacts the log. Undefined when nothing was applied since the last. */
  snapshot(): Promise<SnapshotMeta | undefined>;
  /** Rejects with `unavailable` when log or snapshots are damaged; the message says what to do. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
