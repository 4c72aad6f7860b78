import { MeshError, type Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { LogHub } from '@mesh/logging';
import { SoloMembership } from '@mesh/membership';
import { DEV_TIMING, type Transport } from '@mesh/raft';
import { MemoryLogStore, MemorySnapshotStore } from '@mesh/raft-storage';
import type { CallClient } from '@mesh/rpc';
import { createServer } from '@mesh/server';
import { VERSION } from '../version.ts';
import { createAgentServices, type ProcessActions, type Root } from './agent-services.ts';
import { hostPort } from './host-port.ts';
import { createTelemetry } from './telemetry.ts';

/** The transport of a server that is alone. */
const NO_PEERS: Transport = {
  attach() {},
  setPeers() {},
  send() {},
  sendSnapshot: () => Promise.reject(new MeshError('unavailable', 'there are no peers')),
};

const NOBODY_TO_CALL: CallClient = {
  call: () => Promise.reject(new MeshError('unavailable', 'there are no other servers')),
};

/** `agent -dev`: a server on a log in memory with the agent, DNS and HTTP around it, in one process. */
export function createDevRoot(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
): Root {
  const logger = logHub.logger('agent');
  const { metrics, components: telemetry } = createTelemetry(config, platform, logger);
  const membership = new SoloMembership(config, VERSION);
  const server = createServer({
    ...config,
    rpcAddress: hostPort(config.advertiseLan, config.ports.server),
    startAlone: true,
    membership,
    calls: NOBODY_TO_CALL,
    logStore: new MemoryLogStore(),
    snapshots: new MemorySnapshotStore(platform.clock),
    transport: NO_PEERS,
    timing: DEV_TIMING,
    platform,
    metrics,
    logger: logger.named('server'),
    defer: setImmediate,
    holdTimeoutMs: config.rpcHoldTimeoutMs,
  });
  const parts = { config, platform, logHub, logger, metrics, actions, server, membership };
  const services = createAgentServices(parts);
  return {
    components: [...telemetry, ...server.components, ...services.components],
    leave: () => membership.leave(),
    reload: (next) => services.reload(next),
  };
}
