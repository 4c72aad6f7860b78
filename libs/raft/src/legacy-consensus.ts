import type { Role } from './consensus.ts';
import type { LogEntry } from './entry.ts';

/** What operators and `consul info` see of a consensus node. */
export interface LegacyConsensusStatus {
  readonly role: Role;
  readonly term: number;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  /** Entries committed but not yet applied. */
  readonly pending: number;
  /** "" while no leader is known. */
  readonly leaderId: string;
  readonly leaderAddress: string;
  readonly peers: readonly {
    readonly id: string;
    readonly address: string;
    readonly voter: boolean;
  }[];
}

/**
 * Applies committed entries in order, each exactly once. Returns one outcome an entry; an outcome that is
 * an Error refuses the proposal without stopping the log.
 */
export type ApplyEntries = (entries: readonly LogEntry[]) => readonly unknown[];

/** The replicated log as the server sees it. */
export interface LegacyConsensus {
  status(): LegacyConsensusStatus;
  /**
   * Proposes a command. Resolves with what apply returned once a majority has it on stable storage and it
   * is applied here. Rejects with MeshError `no-leader` when this node does not lead, `unknown-outcome` when
   * leadership or the process was lost in between.
   */
  propose(data: Uint8Array): Promise<unknown>;
  /** Resolves when this node may serve a linearizable read (Raft thesis, section 6.4). */
  readIndex(): Promise<number>;
  /** Tells each change of leadership; at once with the present state. Returns an unsubscriber. */
  onLeadership(listener: (leading: boolean) => void): () => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}
