import type { Consensus } from '@mesh/raft';

/** What a server tells of its log, for autopilot: the answer of Status.RaftStats. */
export interface RaftStats {
  readonly term: number;
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  readonly lastApplied: number;
  /** Milliseconds since the leader was last heard of; 0 on the leader itself, -1 for never. */
  readonly lastContactMs: number;
  /** "" while none is known. */
  readonly leaderId: string;
}

/** This server's own. */
export function raftStats(consensus: Pick<Consensus, 'status'>): RaftStats {
  const { term, lastLogIndex, lastLogTerm, lastApplied, lastContactMs, leaderId } =
    consensus.status();
  return { term, lastLogIndex, lastLogTerm, lastApplied, lastContactMs, leaderId };
}
