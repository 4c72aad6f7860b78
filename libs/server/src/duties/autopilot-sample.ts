import type { Platform } from '@mesh/base';
import { MEMBER_STATUS, type Membership, serverMember } from '@mesh/membership';
import type { ClusterSample, MemberState, OperatorMember, ServerStats } from '@mesh/operator';
import type { Consensus, ServerInfo } from '@mesh/raft';
import type { CallClient } from '@mesh/rpc';
import { SERVER_METHODS } from '../rpc/server-methods.ts';

/** Longest that a server may take to tell of its log, milliseconds. */
const STATS_MS = 1000;

const STATES: Readonly<Record<number, MemberState>> = {
  [MEMBER_STATUS.alive]: 'alive',
  [MEMBER_STATUS.leaving]: 'leaving',
  [MEMBER_STATUS.left]: 'left',
  [MEMBER_STATUS.failed]: 'failed',
};

/** What a leader looks at to know how its cluster is. */
export interface SampleParts {
  readonly consensus: Pick<Consensus, 'status' | 'progress'>;
  readonly membership: Pick<Membership, 'members'>;
  readonly calls: CallClient;
  readonly platform: Platform;
  /** This server. */
  readonly nodeId: string;
  readonly datacenter: string;
}

/** Servers of a datacenter, as operators see them. */
export function operatorMembers(
  membership: Pick<Membership, 'members'>,
  datacenter: string,
): readonly OperatorMember[] {
  return membership.members().flatMap((member) => {
    const server = serverMember(member);
    if (!server || server.datacenter !== datacenter) return [];
    const { id, name, build: version, raftVersion, nonVoter, status } = server;
    return [{ id, name, version, raftVersion, nonVoter, state: STATES[status] ?? 'none' }];
  });
}

/**
 * Asks all servers at once how far their logs are, and puts that beside what the leader knows. Takes a
 * second at most; never rejects.
 */
export async function sampleCluster(parts: SampleParts): Promise<ClusterSample> {
  const { consensus, membership, platform, nodeId, datacenter } = parts;
  const { servers, leaderId, lastLogIndex, lastLogTerm } = consensus.status();
  const members = operatorMembers(membership, datacenter);
  const alive = new Set(members.filter(({ state }) => state === 'alive').map(({ id }) => id));
  const stats = new Map<string, ServerStats>();
  const own: ServerStats = { lastLogTerm, lastLogIndex, lastContactMs: 0 };
  await Promise.all(
    servers.map(async (server) => {
      if (!alive.has(server.id)) return;
      const told = server.id === nodeId ? own : await statsOf(parts.calls, server);
      if (told) stats.set(server.id, told);
    }),
  );
  return {
    servers,
    leaderId,
    lastLogIndex,
    lastLogTerm,
    members,
    stats,
    answeredMs: new Map(consensus.progress().map(({ id, lastContactMs }) => [id, lastContactMs])),
    nowMs: platform.clock.monotonicMs(),
    wallMs: platform.clock.nowMs(),
  };
}

/**
 * Ids of servers that are alive, answer, and have no place in the raft configuration: removed by hand, and
 * back before the pool noticed that they were gone. Never rejects.
 */
export async function outsiders(parts: SampleParts): Promise<readonly string[]> {
  const { consensus, membership, calls, datacenter } = parts;
  const inside = new Set(consensus.status().servers.map(({ id }) => id));
  const found = membership.members().map(async (member) => {
    const server = serverMember(member);
    if (!server || server.datacenter !== datacenter || inside.has(server.id)) return [];
    if (server.status !== MEMBER_STATUS.alive) return [];
    return (await statsOf(calls, { address: server.rpcAddress })) ? [server.id] : [];
  });
  return (await Promise.all(found)).flat();
}

async function statsOf(
  calls: CallClient,
  { address }: Pick<ServerInfo, 'address'>,
): Promise<ServerStats | undefined> {
  try {
    const method = SERVER_METHODS.raftStats;
    return decodeStats(await calls.call(address, method, {}, { timeoutMs: STATS_MS }));
  } catch {
    // Who does not answer is not healthy; that is all there is to know.
    return undefined;
  }
}

function decodeStats(answer: unknown): ServerStats | undefined {
  const { lastLogTerm, lastLogIndex, lastContactMs } = (answer ?? {}) as Partial<
    Record<keyof ServerStats, unknown>
  >;
  return isNumber(lastLogTerm) && isNumber(lastLogIndex) && isNumber(lastContactMs)
    ? { lastLogTerm, lastLogIndex, lastContactMs }
    : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
