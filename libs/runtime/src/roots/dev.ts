import type { Platform } from '@mesh/base';
import { MeshError } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { LogHub } from '@mesh/logging';
import { DEV_TIMING, type Transport } from '@mesh/raft';
import { MemoryLogStore, MemorySnapshotStore } from '@mesh/raft-storage';
import { createCallClient } from '@mesh/rpc';
import { createServer } from '@mesh/server';
import { configuredAcls } from './acls.ts';
import { createAgentServices, type ProcessActions, type Root } from './agent-services.ts';
import { configuredAuthority } from './authority.ts';
import { hostPort } from './host-port.ts';
import { createPools } from './pools.ts';
import { rpcPort } from './rpc-port.ts';
import { rpcTls, withCertificates } from './rpc-tls.ts';
import { ownServerAccess } from './server-access.ts';
import { createTelemetry } from './telemetry.ts';

/** The transport of a server that has no peers in Raft. */
const NO_PEERS: Transport = {
  attach() {},
  setPeers() {},
  send() {},
  sendSnapshot: () => Promise.reject(new MeshError('unavailable', 'there are no peers')),
};

/** `agent -dev`: a server on a log in memory with the agent, DNS and HTTP around it, in one process. */
export function createDevRoot(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
): Root {
  const logger = logHub.logger('agent');
  const serverLogger = logger.named('server');
  const { metrics, components: telemetry } = createTelemetry(config, platform, logger);
  const { membership, joiners } = createPools({ config, platform, logger, metrics, actions });
  const tls = rpcTls(config, () => membership);
  const { incoming, outgoing } = tls;
  const calls = createCallClient({
    ...{ timers: platform.timers, clock: platform.clock },
    ...(outgoing && { tls: outgoing }),
  });
  const server = createServer({
    ...config,
    rpcAddress: hostPort(config.advertiseLan, config.ports.server),
    startAlone: true,
    membership,
    calls,
    logStore: new MemoryLogStore(),
    snapshots: new MemorySnapshotStore(platform.clock),
    transport: NO_PEERS,
    timing: DEV_TIMING,
    platform,
    metrics,
    logger: serverLogger,
    defer: setImmediate,
    holdTimeoutMs: config.rpcHoldTimeoutMs,
    ...configuredAuthority(config),
    ...configuredAcls(config, platform),
  });
  const access = ownServerAccess(server, config, platform, logger);
  const parts = { config, platform, logHub, logger, metrics, actions, access, membership };
  const services = createAgentServices(parts);
  const { handler } = server;
  return {
    components: [
      ...telemetry,
      calls,
      rpcPort({ config, platform, metrics, logger: serverLogger, handler, tls: incoming }),
      membership,
      ...server.components,
      ...services.components,
      ...joiners,
    ],
    leave: () => {
      services.retire();
      return membership.leave();
    },
    reload: withCertificates(tls, (next) => services.reload(next)),
  };
}
