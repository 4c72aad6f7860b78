import type { OperatorHealth } from '@mesh/api-contract';
import { formatDuration } from '@mesh/base';
import type { ClusterHealth } from './health.ts';

/** How the API writes "never": a nanosecond before now. */
const NEVER_MS = -1e-6;

/** The health of the cluster in the API's words. */
export function healthReport(health: ClusterHealth): OperatorHealth {
  return {
    Healthy: health.isHealthy,
    FailureTolerance: health.failureTolerance,
    Servers: health.servers.map((server) => {
      const { member, stats } = server;
      const contactMs =
        stats === undefined || stats.lastContactMs < 0 ? NEVER_MS : stats.lastContactMs;
      return {
        ID: server.id,
        Name: member?.name ?? '',
        Address: server.address,
        SerfStatus: member?.state ?? 'none',
        Version: member?.version ?? '',
        Leader: server.isLeader,
        LastContact: formatDuration(contactMs),
        LastTerm: stats?.lastLogTerm ?? 0,
        LastIndex: stats?.lastLogIndex ?? 0,
        Healthy: server.isHealthy,
        Voter: server.isVoter,
        StableSince: wholeSecond(server.stableSinceWallMs),
      };
    }),
  };
}

/** RFC 3339 to the nearest second, UTC. */
function wholeSecond(wallMs: number): string {
  return new Date(Math.round(wallMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
