import type { Component, Logger, Platform } from '@mesh/base';
import type { RuntimeConfig } from '@mesh/config';
import type { Certifier } from '@mesh/connect-ca';
import type { BoundRoute, Rpc } from '@mesh/resource';
import { connectHandlers } from './http.ts';
import { LeafCache } from './leaf-cache.ts';
import { RootsWatch } from './roots-watch.ts';

/** How an agent takes part in the service mesh. */
export interface ConnectOptions {
  /** connect.enabled, or on clients always: the servers know. */
  readonly isEnabled: boolean;
  readonly certifier: Pick<Certifier, 'createKey' | 'createCsr'>;
}

export interface ConnectParts {
  readonly connect: ConnectOptions;
  readonly config: Pick<RuntimeConfig, 'datacenter' | 'defaultQueryTimeMs' | 'maxQueryTimeMs'>;
  readonly rpc: Rpc;
  readonly platform: Platform;
  /** Named agent. */
  readonly logger: Logger;
  token(): string;
}

/** The agent's side of the service mesh: roots, certificates of services, decisions. */
export function createConnect(parts: ConnectParts): {
  readonly components: readonly Component[];
  readonly routes: readonly BoundRoute[];
} {
  const { connect, config, rpc, platform, token } = parts;
  const logger = parts.logger.named('connect');
  const roots = new RootsWatch({ rpc, platform, logger, token });
  const { certifier } = connect;
  const { datacenter } = config;
  const leaves = new LeafCache({ rpc, platform, logger, roots, certifier, datacenter });
  return {
    components: [roots, leaves],
    routes: connectHandlers({ ...config, ...connect, rpc, platform, roots, leaves }),
  };
}
