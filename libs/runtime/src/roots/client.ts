import { snapshotRoutes } from '@mesh/api-contract';
import { MeshError, type Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import { coordinateUpdate } from '@mesh/coordinate';
import type { LogHub } from '@mesh/logging';
import { type BoundRoute, implement } from '@mesh/resource';
import { createCallClient } from '@mesh/rpc';
import { RemoteRpc } from '@mesh/server';
import { sessionCreate } from '@mesh/session';
import { keepYoungGenerationSmall } from '../platform/young-generation.ts';
import {
  createAgentServices,
  type ProcessActions,
  type Root,
  type ServerAccess,
} from './agent-services.ts';
import { dataFolder } from './data-folder.ts';
import { createPools } from './pools.ts';
import { lockByProcess } from './process-lock.ts';
import { rpcTls, withCertificates } from './rpc-tls.ts';
import { createTelemetry } from './telemetry.ts';

/** `agent` without -server: local services and checks, everything else asked of the servers. */
export function createClientRoot(
  config: RuntimeConfig,
  platform: Platform,
  logHub: LogHub,
  actions: ProcessActions,
): Root {
  keepYoungGenerationSmall();
  const logger = logHub.logger('agent');
  const { metrics, components: telemetry } = createTelemetry(config, platform, logger);
  const { dataDir } = config;
  const tls = rpcTls(config, () => membership);
  const { outgoing } = tls;
  const calls = createCallClient({
    ...{ timers: platform.timers, clock: platform.clock },
    ...(outgoing && { tls: outgoing }),
  });
  const { membership, joiners } = createPools({ config, platform, logger, metrics, actions });
  const rpc = new RemoteRpc({
    calls,
    servers: membership.router.local,
    holdTimeoutMs: config.rpcHoldTimeoutMs,
    defaultQueryTimeMs: config.defaultQueryTimeMs,
  });
  const access: ServerAccess = {
    rpc,
    // Only their names travel; what they do is the server's.
    coordinateUpdate: coordinateUpdate(() => {}),
    sessionCreate: sessionCreate(config.sessionTtlMinMs),
    stats: () => ({}),
    snapshotRoutes: absentSnapshotRoutes,
  };
  const common = { config, platform, logHub, logger, metrics, actions };
  const services = createAgentServices({ ...common, access, membership });
  return {
    components: [
      ...telemetry,
      dataFolder(dataDir, lockByProcess),
      calls,
      membership,
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

function absentSnapshotRoutes(): readonly BoundRoute[] {
  const refuse = () => {
    throw new MeshError(
      'unsupported',
      'snapshots are saved and restored by servers: ask the HTTP address of a server agent',
    );
  };
  return implement(snapshotRoutes, { save: refuse, restore: refuse });
}
