import type { AutopilotLimits, ClusterSample, OperatorMember, ServerStats } from './types.ts';

/** Health of one server, with since when it is what it is. */
export interface ServerCondition {
  readonly id: string;
  readonly address: string;
  readonly isVoter: boolean;
  readonly isLeader: boolean;
  readonly isHealthy: boolean;
  /** Undefined where no member of the pool has its id. */
  readonly member: OperatorMember | undefined;
  /** Undefined when it did not answer. */
  readonly stats: ServerStats | undefined;
  /** By the clock that never jumps. */
  readonly stableSinceMs: number;
  /** Since the epoch. */
  readonly stableSinceWallMs: number;
}

/** Health of the cluster at one moment. */
export interface ClusterHealth {
  readonly isHealthy: boolean;
  /** Healthy voters beyond a quorum. */
  readonly failureTolerance: number;
  /** In the order of the raft configuration. */
  readonly servers: readonly ServerCondition[];
}

/** Before anything is known. */
export const UNKNOWN_HEALTH: ClusterHealth = {
  isHealthy: false,
  failureTolerance: 0,
  servers: [],
};

/** Judges a sample; what was known before tells since when each server is what it is. */
export function assessCluster(
  before: ClusterHealth,
  sample: ClusterSample,
  limits: AutopilotLimits,
): ClusterHealth {
  const known = new Map(before.servers.map((server) => [server.id, server]));
  const members = membersById(sample.members);
  const servers = sample.servers.map(({ id, address, suffrage }): ServerCondition => {
    const member = members.get(id);
    const stats = sample.stats.get(id);
    const isHealthy = isServerHealthy(member, stats, sample, limits);
    const last = known.get(id);
    const isAsBefore = last?.isHealthy === isHealthy;
    return {
      id,
      address,
      isVoter: suffrage === 'voter',
      isLeader: id === sample.leaderId,
      isHealthy,
      member,
      stats,
      stableSinceMs: isAsBefore ? last.stableSinceMs : sample.nowMs,
      stableSinceWallMs: isAsBefore ? last.stableSinceWallMs : sample.wallMs,
    };
  });
  const voters = servers.filter(({ isVoter }) => isVoter);
  const healthyVoters = voters.filter(({ isHealthy }) => isHealthy).length;
  return {
    isHealthy: servers.length > 0 && servers.every(({ isHealthy }) => isHealthy),
    failureTolerance: Math.max(0, healthyVoters - quorumOf(voters.length)),
    servers,
  };
}

/** Voters that must agree. */
export function quorumOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** By server id; of several members with one id the alive one counts, as names change. Left ones are gone. */
export function membersById(
  members: readonly OperatorMember[],
): ReadonlyMap<string, OperatorMember> {
  const byId = new Map<string, OperatorMember>();
  for (const member of members) {
    if (member.state === 'left') continue;
    if (byId.get(member.id)?.state !== 'alive') byId.set(member.id, member);
  }
  return byId;
}

function isServerHealthy(
  member: OperatorMember | undefined,
  stats: ServerStats | undefined,
  { lastLogIndex, lastLogTerm }: ClusterSample,
  limits: AutopilotLimits,
): boolean {
  if (member?.state !== 'alive' || !stats) return false;
  if (stats.lastContactMs < 0 || stats.lastContactMs > limits.lastContactThresholdMs) return false;
  if (stats.lastLogTerm !== lastLogTerm) return false;
  return lastLogIndex - stats.lastLogIndex <= limits.maxTrailingLogs;
}
