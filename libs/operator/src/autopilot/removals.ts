import { type ClusterHealth, membersById } from './health.ts';
import type { AutopilotLimits, ClusterSample, OperatorMember } from './types.ts';

/** A server that answered the leader within this is not dead, whatever the pool says, milliseconds. */
const ANSWERED_MS = 5000;
/**
 * How long at least a server that is not in the pool may still be starting, as after an outage of all,
 * milliseconds.
 */
const UNSEEN_MS = 60_000;

/** What is to go. */
export interface Removals {
  /** Failed members to be declared as left; their place in raft goes with that. */
  readonly failed: readonly OperatorMember[];
  /** Servers of the raft configuration that are no members. */
  readonly stale: readonly { readonly id: string; readonly address: string }[];
  /** Why dead voters stay; undefined when none has to. */
  readonly refusal?: string;
}

const NOTHING: Removals = { failed: [], stale: [] };

/**
 * Dead servers that may be taken out. Voters go all or none: only when they are a minority, so that those
 * that remain had the majority before, too, and when at least minQuorum remain. Who has no vote goes at
 * once. The leader stays in any case.
 */
export function dueRemovals(
  health: ClusterHealth,
  sample: ClusterSample,
  limits: AutopilotLimits,
): Removals {
  if (!limits.cleanupDeadServers) return NOTHING;
  const voters = new Set(idsOf(sample.servers.filter(({ suffrage }) => suffrage === 'voter')));
  const failed = failedMembers(sample);
  const stale = staleServers(health, sample, limits);
  const dead = new Set(idsOf([...failed, ...stale]).filter((id) => voters.has(id)));
  const refusal = refusalOf(voters.size, dead.size, limits.minQuorum);
  if (dead.size === 0 || refusal === undefined) return { failed, stale };
  const hasNoVote = ({ id }: { readonly id: string }) => !voters.has(id);
  return { failed: failed.filter(hasNoVote), stale: stale.filter(hasNoVote), refusal };
}

function refusalOf(voters: number, dead: number, minQuorum: number): string | undefined {
  if (voters - dead < minQuorum) {
    return `removing ${dead} of ${voters} servers would leave fewer than the minimum of ${minQuorum}`;
  }
  // A cluster that survives F failures has 2F+1 servers.
  if (dead > Math.floor((voters - 1) / 2)) {
    return `removing ${dead} of ${voters} servers, no minority, is not safe`;
  }
  return undefined;
}

function failedMembers(sample: ClusterSample): readonly OperatorMember[] {
  return [...membersById(sample.members).values()].filter(
    ({ id, state }) => state === 'failed' && isSilent(id, sample),
  );
}

/**
 * In the raft configuration, and not in the pool for long: a new leader may not have met all members yet.
 */
function staleServers(
  { servers }: ClusterHealth,
  sample: ClusterSample,
  limits: AutopilotLimits,
): Removals['stale'] {
  return servers.filter(
    ({ id, member, stableSinceMs }) =>
      member === undefined &&
      sample.nowMs - stableSinceMs >= Math.max(UNSEEN_MS, limits.serverStabilizationMs) &&
      isSilent(id, sample),
  );
}

function isSilent(id: string, { leaderId, answeredMs }: ClusterSample): boolean {
  if (id === leaderId) return false;
  const sinceMs = answeredMs.get(id) ?? -1;
  return sinceMs < 0 || sinceMs > ANSWERED_MS;
}

function idsOf(servers: readonly { readonly id: string }[]): readonly string[] {
  return servers.map(({ id }) => id);
}
