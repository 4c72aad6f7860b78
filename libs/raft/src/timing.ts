/** Timings of consensus, milliseconds. leaderLeaseMs < heartbeatTimeoutMs <= electionTimeoutMs. */
export interface RaftTiming {
  /**
   * A follower that hears nothing from a leader for this long, up to twice, stands for election.
   * Heartbeats are sent ten times as often.
   */
  readonly heartbeatTimeoutMs: number;
  /** A candidate without a result tries again after this long, up to twice. */
  readonly electionTimeoutMs: number;
  /**
   * How long a leader may answer reads on the strength of its last heartbeat round, and how long
   * without a round that a majority answered before it steps down. A follower refuses votes for a
   * quarter longer: that is the margin for clocks that run at different rates.
   */
  readonly leaderLeaseMs: number;
  /** How long after the last entry idle followers are told what is committed. */
  readonly commitNoticeMs: number;
}

/** Consul's timings: `multiplier` is performance.raft_multiplier, 1 to 10. */
export function raftTiming(multiplier: number): RaftTiming {
  return {
    heartbeatTimeoutMs: 1000 * multiplier,
    electionTimeoutMs: 1000 * multiplier,
    leaderLeaseMs: 500 * multiplier,
    commitNoticeMs: 10,
  };
}

/** Timings of `agent -dev`: one server on one machine. */
export const DEV_TIMING: RaftTiming = {
  heartbeatTimeoutMs: 35,
  electionTimeoutMs: 52,
  leaderLeaseMs: 20,
  commitNoticeMs: 10,
};
