import type { ServerInfo } from '@mesh/raft';

/** What the pool says of a member, in the API's words. */
export type MemberState = 'none' | 'alive' | 'leaving' | 'left' | 'failed';

/** A server of this datacenter as the pool knows it. */
export interface OperatorMember {
  readonly id: string;
  readonly name: string;
  /** Of the program, without what stands behind a colon. */
  readonly version: string;
  readonly raftVersion: number;
  readonly state: MemberState;
  /** Asks to stay without a vote. */
  readonly nonVoter: boolean;
}

/** What a server tells of its log. */
export interface ServerStats {
  readonly lastLogTerm: number;
  readonly lastLogIndex: number;
  /** Milliseconds since it heard of the leader; 0 on the leader, -1 for never. */
  readonly lastContactMs: number;
}

/** The cluster at one moment, as its leader sees it. */
export interface ClusterSample {
  /** The latest raft configuration. */
  readonly servers: readonly ServerInfo[];
  readonly leaderId: string;
  /** Of the leader's log, before the servers were asked. */
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  readonly members: readonly OperatorMember[];
  /** Answers of the servers, by id; who did not answer in time is missing. */
  readonly stats: ReadonlyMap<string, ServerStats>;
  /** Milliseconds since a peer last answered the leader, by id; missing or -1 for never. */
  readonly answeredMs: ReadonlyMap<string, number>;
  /** By the clock that never jumps. */
  readonly nowMs: number;
  /** Since the epoch, for people to read. */
  readonly wallMs: number;
}

/** Autopilot's settings in numbers. */
export interface AutopilotLimits {
  readonly cleanupDeadServers: boolean;
  readonly lastContactThresholdMs: number;
  readonly maxTrailingLogs: number;
  readonly minQuorum: number;
  readonly serverStabilizationMs: number;
}
