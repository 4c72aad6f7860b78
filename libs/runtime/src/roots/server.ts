import { join } from 'node:path';
import type { Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { LogHub } from '@mesh/logging';
import { raftTiming } from '@mesh/raft';
import { FileSnapshotStore, lockFolder, SqliteLogStore } from '@mesh/raft-storage';
import { createCallClient, RaftTransport } from '@mesh/rpc';
import { createServer } from '@mesh/server';
import { configuredAcls } from './acls.ts';
import { createAgentServices, type ProcessActions, type Root } from './agent-services.ts';
import { configuredAuthority } from './authority.ts';
import { dataFolder } from './data-folder.ts';
import { hostPort } from './host-port.ts';
import { createPools } from './pools.ts';
import { raftRecovery } from './raft-recovery.ts';
import { rpcPort } from './rpc-port.ts';
import { rpcTls, withCertificates } from './rpc-tls.ts';
import { ownServerAccess } from './server-access.ts';
import { createTelemetry } from './telemetry.ts';

/** `agent -server`: a member of a cluster, on a log on disk, with the agent, DNS and HTTP around it. */
export function createServerRoot(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
): Root {
  const logger = logHub.logger('agent');
  const serverLogger = logger.named('server');
  const { metrics, components: telemetry } = createTelemetry(config, platform, logger);
  const { nodeId: serverId, datacenter, dataDir, ports } = config;
  const tls = rpcTls(config, () => membership);
  const { incoming, outgoing } = tls;
  const { timers, clock } = platform;
  const io = { timers, clock, ...(outgoing && { tls: outgoing }) };
  // Calls cross between datacenters; Raft's streams do not.
  const calls = createCallClient(io);
  const rpcAddress = hostPort(config.advertiseLan, ports.server);
  const raftLogger = serverLogger.named('raft');
  const transport = new RaftTransport({
    ...{ ...io, datacenter, serverId, address: rpcAddress, metrics, logger: raftLogger },
  });
  const { membership, joiners } = createPools({ config, platform, logger, metrics, actions });
  const raftFolder = join(dataDir, 'raft');
  const storage = () => createStorage(raftFolder, raftLogger, platform);
  const server = createServer({
    ...config,
    ...storage(),
    rpcAddress,
    membership,
    calls,
    transport,
    timing: raftTiming(config.raftMultiplier),
    raftLimits: config.raft,
    platform,
    metrics,
    logger: serverLogger,
    defer: setImmediate,
    holdTimeoutMs: config.rpcHoldTimeoutMs,
    ...configuredAuthority(config),
    ...configuredAcls(config, platform),
  });
  const { handler } = server;
  const access = ownServerAccess(server, config, platform, logger);
  const common = { config, platform, logHub, logger, metrics, actions };
  const services = createAgentServices({ ...common, access, membership });
  return {
    components: [
      ...telemetry,
      dataFolder(dataDir, lockFolder),
      raftRecovery({ folder: raftFolder, logger: raftLogger, storage, server }),
      calls,
      transport,
      rpcPort({
        ...{ ...common, logger: serverLogger, handler, tls: incoming },
        transportSink: transport,
      }),
      membership,
      ...server.components,
      ...joiners,
      ...services.components,
    ],
    leave: async () => {
      services.retire();
      await server.leave();
      await membership.leave();
    },
    reload: withCertificates(tls, (next) => services.reload(next)),
  };
}

/** Log and snapshots on disk; opened by whom they are given to. */
function createStorage(folder: string, logger: Logger, { clock }: Platform) {
  return {
    logStore: new SqliteLogStore({ folder, logger }),
    snapshots: new FileSnapshotStore({ folder: join(folder, 'snapshots'), logger, clock }),
  };
}
