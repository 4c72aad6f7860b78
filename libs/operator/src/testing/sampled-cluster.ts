import { assessCluster, type ClusterHealth, UNKNOWN_HEALTH } from '../autopilot/health.ts';
import type {
  AutopilotLimits,
  ClusterSample,
  MemberState,
  OperatorMember,
} from '../autopilot/types.ts';
import { DEFAULT_LIMITS } from '../settings.ts';

/** A server of a SampledCluster; what is not said is well. */
export interface SampledServer {
  readonly isVoter?: boolean;
  /** undefined: no member of the pool. @default alive */
  readonly state?: MemberState | undefined;
  readonly nonVoter?: boolean;
  /** null: it does not answer. */
  readonly stats?: null;
  readonly contactMs?: number;
  readonly behind?: number;
  readonly term?: number;
  /** Since it answered the leader's heartbeat; -1 for never. @default 50 when alive, 60 s when not */
  readonly answeredMs?: number;
}

/** A leader's view of servers that tests describe, moment by moment; the server `a` leads. */
export class SampledCluster {
  health: ClusterHealth = UNKNOWN_HEALTH;
  nowMs = 1000;
  limits: AutopilotLimits = DEFAULT_LIMITS;
  lastLogIndex = 1000;
  servers: Readonly<Record<string, SampledServer>> = {};

  /** The servers of raft configuration and pool, by id. */
  sample(): ClusterSample {
    const entries = Object.entries(this.servers);
    return {
      servers: entries.map(([id, { isVoter = true }]) => ({
        id,
        address: `${id}:8300`,
        suffrage: isVoter ? 'voter' : 'non-voter',
      })),
      leaderId: 'a',
      lastLogIndex: this.lastLogIndex,
      lastLogTerm: 5,
      members: entries.flatMap(([id, server]) => memberOf(id, server)),
      stats: new Map(
        entries
          .filter(([, { stats }]) => stats !== null)
          .map(([id, { contactMs = id === 'a' ? 0 : 60, behind = 0, term = 5 }]) => [
            id,
            {
              lastLogTerm: term,
              lastLogIndex: this.lastLogIndex - behind,
              lastContactMs: contactMs,
            },
          ]),
      ),
      answeredMs: new Map(
        entries
          .filter(([id]) => id !== 'a')
          .map(([id, server]) => [id, server.answeredMs ?? (isAlive(server) ? 50 : 60_000)]),
      ),
      nowMs: this.nowMs,
      wallMs: 1_700_000_000_400 + this.nowMs,
    };
  }

  /** Looks at the servers after a while. */
  look(
    servers: Readonly<Record<string, SampledServer>> = this.servers,
    afterMs = 2000,
  ): ClusterHealth {
    this.nowMs += afterMs;
    this.servers = servers;
    this.health = assessCluster(this.health, this.sample(), this.limits);
    return this.health;
  }
}

function memberOf(id: string, server: SampledServer): readonly OperatorMember[] {
  const state = 'state' in server ? server.state : 'alive';
  if (state === undefined) return [];
  const { nonVoter = false } = server;
  return [{ id, name: `name-${id}`, version: '1.8.6', raftVersion: 3, state, nonVoter }];
}

function isAlive(server: SampledServer): boolean {
  return !('state' in server) || server.state === 'alive';
}
