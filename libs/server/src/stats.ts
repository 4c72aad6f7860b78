import { formatDuration } from '@mesh/base';
import type { ConsensusStatus } from '@mesh/raft';

const STATES = { follower: 'Follower', candidate: 'Candidate', leader: 'Leader' } as const;

/** What consensus does not know. */
export interface ServerFacts {
  readonly nodeId: string;
  readonly bootstrap: boolean;
  /** Of the wide-area pool, this one included. */
  readonly knownDatacenters: number;
}

/** What /v1/agent/self and `consul info` show of the server, group by group, in the original's names. */
export function serverStats(
  status: ConsensusStatus,
  { nodeId, bootstrap, knownDatacenters }: ServerFacts,
): Record<string, Record<string, string>> {
  const { role, lastContactMs } = status;
  const servers = status.servers.map(
    ({ id, address, suffrage }) =>
      `{Suffrage:${suffrage === 'voter' ? 'Voter' : 'Nonvoter'} ID:${id} Address:${address}}`,
  );
  const others = status.servers.filter(({ id, suffrage }) => id !== nodeId && suffrage === 'voter');
  return {
    consul: {
      acl: 'disabled',
      bootstrap: String(bootstrap),
      known_datacenters: String(knownDatacenters),
      leader: String(role === 'leader'),
      leader_addr: status.leaderAddress,
      server: 'true',
    },
    raft: {
      applied_index: String(status.lastApplied),
      commit_index: String(status.commitIndex),
      fsm_pending: String(status.pending),
      last_contact: role === 'leader' ? '0' : lastContact(lastContactMs),
      last_log_index: String(status.lastLogIndex),
      last_log_term: String(status.lastLogTerm),
      last_snapshot_index: String(status.lastSnapshotIndex),
      last_snapshot_term: String(status.lastSnapshotTerm),
      latest_configuration: `[${servers.join(' ')}]`,
      latest_configuration_index: String(status.configurationIndex),
      num_peers: String(others.length),
      protocol_version: '3',
      protocol_version_max: '3',
      protocol_version_min: '0',
      snapshot_version_max: '1',
      snapshot_version_min: '0',
      state: STATES[role],
      term: String(status.term),
    },
  };
}

function lastContact(ms: number): string {
  return ms < 0 ? 'never' : formatDuration(ms);
}
