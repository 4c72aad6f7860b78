import type { ConsensusStatus, Leadership, PeerProgress } from '../consensus.ts';
import type { RaftCore } from '../core/raft-core.ts';
import type { LogPosition } from '../entry.ts';
import type { SnapshotPosition } from '../snapshot-store.ts';

/** Of a node that has not opened its log. */
export const STATUS_BEFORE_START: ConsensusStatus = {
  role: 'follower',
  term: 0,
  commitIndex: 0,
  lastApplied: 0,
  lastLogIndex: 0,
  lastLogTerm: 0,
  lastSnapshotIndex: 0,
  lastSnapshotTerm: 0,
  pending: 0,
  leaderId: '',
  leaderAddress: '',
  lastContactMs: -1,
  servers: [],
  configurationIndex: 0,
};

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

/** Who leads; this node only once the no-op of its term is applied (Raft thesis 6.4). */
export function leadershipOf(core: RaftCore, appliedIndex: number): Leadership {
  const { leaderId, firstIndexOfTerm } = core;
  const leaderAddress = core.configurations.addressOf(leaderId);
  const leading = firstIndexOfTerm !== undefined && appliedIndex >= firstIndexOfTerm;
  return { leading, leaderId, leaderAddress };
}

/** Where a state machine stands that has applied up to an index: what a snapshot of it is named by. */
export function statePosition(core: RaftCore, index: number): SnapshotPosition {
  const { index: configurationIndex, configuration } = core.configurations.at(index);
  return { index, term: core.log.term(index) ?? 0, configuration, configurationIndex };
}
