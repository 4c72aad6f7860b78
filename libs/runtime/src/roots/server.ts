import { join } from 'node:path';
import type { Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { LogHub } from '@mesh/logging';
import { Joiner, memberTags, PoolMembership, SoloMembership } from '@mesh/membership';
import { raftTiming } from '@mesh/raft';
import { FileSnapshotStore, SqliteLogStore } from '@mesh/raft-storage';
import { createCallClient, RaftTransport, RpcServer, type RpcServerLimits } from '@mesh/rpc';
import { createServer } from '@mesh/server';
import { VERSION } from '../version.ts';
import { createAgentServices, type ProcessActions, type Root } from './agent-services.ts';
import { dataFolder } from './data-folder.ts';
import { hostPort } from './host-port.ts';
import { raftRecovery } from './raft-recovery.ts';
import { createTelemetry } from './telemetry.ts';

/** Longer than any process runs; what a timer can take, milliseconds. */
const UNLIMITED_MS = 2 ** 31 - 1;

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
  const { nodeId: serverId, datacenter, dataDir, ports, bindAddress } = config;
  const io = { timers: platform.timers, clock: platform.clock, datacenter };
  const calls = createCallClient(io);
  const rpcAddress = hostPort(config.advertiseLan, ports.server);
  const raftLogger = serverLogger.named('raft');
  const transport = new RaftTransport({
    ...{ ...io, serverId, address: rpcAddress, metrics, logger: raftLogger },
  });
  const membership = createPool(config, platform, logHub, calls);
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
  });
  const rpcLogger = serverLogger.named('rpc');
  const shared = { ...io, bindAddress, metrics, limits: rpcLimits(config), logger: rpcLogger };
  const { handler } = server;
  const rpcPort = { ...shared, port: ports.server, handler, transportSink: transport };
  const lanPort = { ...shared, port: ports.serfLan, handler: membership.handler };
  const joiner = new Joiner({
    ...{ ...config.join, start: config.join.startLan, retry: config.join.retryLan },
    ...{ membership, timers: platform.timers, logger },
    onGivenUp: (error) => actions.fail(error),
  });
  const common = { config, platform, logHub, logger, metrics, actions };
  const services = createAgentServices({ ...common, server, membership });
  return {
    components: [
      ...telemetry,
      dataFolder(dataDir),
      raftRecovery({ folder: raftFolder, logger: raftLogger, storage, server }),
      calls,
      transport,
      new RpcServer(rpcPort),
      new RpcServer(lanPort),
      membership,
      ...server.components,
      joiner,
      ...services.components,
    ],
    leave: async () => {
      await server.leave();
      await membership.leave();
    },
    reload: (next) => services.reload(next),
  };
}

/** Log and snapshots on disk; opened by whom they are given to. */
function createStorage(folder: string, logger: Logger, { clock }: Platform) {
  return {
    logStore: new SqliteLogStore({ folder, logger }),
    snapshots: new FileSnapshotStore({ folder: join(folder, 'snapshots'), logger, clock }),
  };
}

/** 0 is no limit in the configuration. */
function rpcLimits({ limits }: RuntimeConfig): Partial<RpcServerLimits> {
  return {
    maxConnectionsPerAddress: limits.rpcMaxConnectionsPerClient || Number.MAX_SAFE_INTEGER,
    handshakeTimeoutMs: limits.rpcHandshakeTimeoutMs || UNLIMITED_MS,
  };
}

/** The pool of servers, as long as addresses come from flags. */
function createPool(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  calls: ReturnType<typeof createCallClient>,
): PoolMembership {
  const alone = new SoloMembership(config, VERSION);
  const [wanLocal] = alone.wanMembers();
  return new PoolMembership({
    local: { ...alone.local(), Tags: memberTags(config, VERSION) },
    ...(wanLocal && { wanLocal }),
    datacenter: config.datacenter,
    port: config.ports.serfLan,
    dataDir: config.dataDir,
    rejoinAfterLeave: config.join.rejoinAfterLeave,
    calls,
    platform,
    logger: logHub.logger('agent').named('server').named('serf').named('lan'),
    stats: () => alone.stats(),
  });
}
