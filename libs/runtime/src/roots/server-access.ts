import { tmpdir } from 'node:os';
import type { Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import { type Server, snapshotHttpRoutes } from '@mesh/server';
import type { ServerAccess } from './agent-services.ts';

/** The way to the server in this process. */
export function ownServerAccess(
  server: Server,
  { dataDir }: RuntimeConfig,
  platform: Platform,
  logger: Logger,
): ServerAccess {
  const { rpc, coordinateUpdate, sessionCreate } = server;
  const { snapshotSource: source } = server;
  const spoolFolder = dataDir || tmpdir();
  return {
    ...{ rpc, coordinateUpdate, sessionCreate },
    authorizerOf: (token) => server.authorizerOf(token),
    stats: () => server.stats(),
    snapshotRoutes: () => snapshotHttpRoutes({ rpc, source, platform, logger, spoolFolder }),
  };
}
