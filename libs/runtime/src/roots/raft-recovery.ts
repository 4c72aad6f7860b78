import { mkdirSync } from 'node:fs';
import type { Component, Logger } from '@mesh/base';
import type { LogStore, SnapshotStore } from '@mesh/raft';
import { readPeersFile, removePeersFile, writePeersInfo } from '@mesh/raft-storage';
import type { Server } from '@mesh/server';

interface RecoveryOptions {
  /** The raft folder. */
  readonly folder: string;
  readonly logger: Logger;
  /** Opens the storage once more: the recovery closes what it used. */
  storage(): { readonly logStore: LogStore; readonly snapshots: SnapshotStore };
  readonly server: Pick<Server, 'recover'>;
}

/** Recovery by peers.json: when a majority is lost for good, an operator names the servers that are. */
export function raftRecovery({ folder, logger, storage, server }: RecoveryOptions): Component {
  return {
    name: 'raft-recovery',
    start: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const servers = readPeersFile(folder);
      if (servers) {
        logger.info('found peers.json file, recovering Raft configuration...');
        const { index } = await server.recover(storage(), servers);
        removePeersFile(folder);
        logger.info('deleted peers.json file after successful recovery', { index });
      }
      writePeersInfo(folder);
    },
    stop: async () => {},
  };
}
