import { MeshError } from '@mesh/base';
import type { Consensus } from '@mesh/raft';
import type { BootstrapPromises } from './bootstrap/promises.ts';
import { raftStats } from './raft-stats.ts';
import type { ServerMethod } from './rpc/dispatcher.ts';
import { SERVER_METHODS } from './rpc/server-methods.ts';

/**
 * What a server answers about itself, leader or not. `isReady` tells that its log has been read: before,
 * it does not know what it is part of.
 */
export function serverMethods(
  consensus: Pick<Consensus, 'status'>,
  promises: BootstrapPromises,
  isReady: () => boolean,
): Readonly<Record<string, ServerMethod>> {
  const requireReady = () => {
    if (!isReady()) throw new MeshError('unavailable', 'the server is starting');
  };
  return {
    [SERVER_METHODS.ping]: () => true,
    [SERVER_METHODS.leader]: () => consensus.status().leaderAddress,
    [SERVER_METHODS.peers]: () => {
      requireReady();
      return consensus.status().servers.map(({ address }) => address);
    },
    [SERVER_METHODS.raftStats]: () => {
      requireReady();
      return raftStats(consensus);
    },
    [SERVER_METHODS.promise]: (body) => {
      requireReady();
      return promises.give(body);
    },
  };
}
