import type { ConsensusStatus, PeerProgress } from '../consensus.ts';
import type { RaftCore } from '../core/raft-core.ts';
import type { LogPosition } from '../entry.ts';

/** A node's state as operators see it. */
export function nodeStatus(
  core: RaftCore,
  parts: { readonly lastApplied: number; readonly snapshot: LogPosition; readonly nowMs: number },
): ConsensusStatus {
  const { configurations, log, leaderId, leaderContactMs } = core;
  const sinceContactMs = Number.isFinite(leaderContactMs) ? parts.nowMs - leaderContactMs : -1;
  return {
    role: core.role,
    term: core.term,
    commitIndex: core.commitIndex,
    lastApplied: parts.lastApplied,
    lastLogIndex: log.lastIndex,
    lastLogTerm: log.lastTerm,
    lastSnapshotIndex: parts.snapshot.index,
    lastSnapshotTerm: parts.snapshot.term,
    pending: core.commitIndex - parts.lastApplied,
    leaderId,
    leaderAddress: configurations.addressOf(leaderId),
    lastContactMs: core.role === 'leader' ? 0 : sinceContactMs,
    servers: configurations.latest.servers,
    configurationIndex: configurations.latestIndex,
  };
}

/** Followers as their leader sees them. */
export function peerProgress(core: RaftCore, nowMs: number): readonly PeerProgress[] {
  return core.progress.map(({ id, matchIndex, ackedRoundMs }) => ({
    id,
    matchIndex,
    lastContactMs: ackedRoundMs < 0 ? -1 : nowMs - ackedRoundMs,
  }));
}
