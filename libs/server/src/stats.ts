import type { LegacyConsensusStatus as ConsensusStatus } from '@mesh/raft';

const STATES = { follower: 'Follower', candidate: 'Candidate', leader: 'Leader' } as const;

/** What /v1/agent/self and `consul info` show of the server, group by group, in the original's names. */
export function serverStats(
  status: ConsensusStatus,
  bootstrap: boolean,
): Record<string, Record<string, string>> {
  const servers = status.peers.map(
    ({ id, address, voter }) =>
      `{Suffrage:${voter ? 'Voter' : 'Nonvoter'} ID:${id} Address:${address}}`,
  );
  return {
    consul: {
      acl: 'disabled',
      bootstrap: String(bootstrap),
      known_datacenters: '1',
      leader: String(status.role === 'leader'),
      leader_addr: status.leaderAddress,
      server: 'true',
    },
    raft: {
      applied_index: String(status.lastApplied),
      commit_index: String(status.commitIndex),
      fsm_pending: String(status.pending),
      last_contact: status.role === 'leader' ? '0' : 'never',
      last_log_index: String(status.lastLogIndex),
      last_log_term: String(status.lastLogTerm),
      last_snapshot_index: '0',
      last_snapshot_term: '0',
      latest_configuration: `[${servers.join(' ')}]`,
      latest_configuration_index: '0',
      num_peers: String(status.peers.length - 1),
      protocol_version: '3',
      protocol_version_max: '3',
      protocol_version_min: '0',
      snapshot_version_max: '1',
      snapshot_version_min: '0',
      state: STATES[status.role],
      term: String(status.term),
    },
  };
}
