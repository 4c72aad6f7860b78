import { statusRoutes } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { Consensus } from '@mesh/raft';
import { type BoundRoute, implement, jsonReply } from '@mesh/resource';

/** Handlers of /v1/status: who leads, and which servers there are, as this server knows it. */
export function statusHttpRoutes(
  consensus: Pick<Consensus, 'status'>,
  datacenter: string,
): readonly BoundRoute[] {
  const requireLocal = (dc: string | undefined) => {
    if (dc && dc !== datacenter) throw new MeshError('no-servers', 'No path to datacenter');
  };
  return implement(statusRoutes, {
    leader: ({ query }) => {
      requireLocal(query.get('dc'));
      return jsonReply(consensus.status().leaderAddress);
    },
    peers: ({ query }) => {
      requireLocal(query.get('dc'));
      return jsonReply(consensus.status().servers.map(({ address }) => address));
    },
  });
}
