import { connectCaRoutes } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import type { CallEndpoint, ReadEndpoint, WriteEndpoint } from '@mesh/resource';
import {
  authorityStore,
  foreignStore,
  rootRemove,
  type StoreAuthority,
  type StoreForeign,
} from './commands.ts';
import { publicRoots } from './queries.ts';
import type { CaConfiguration, CaRoots, SignedLeaf } from './types.ts';

/** Authorities that are trusted; null before there is one. */
export const caRootsGet: ReadEndpoint<Record<string, never>, CaRoots | null> = {
  kind: 'read',
  method: 'ConnectCA.Roots',
  acl: connectCaRoutes.roots.acl,
  guard: 'public',
  run: (view) => publicRoots(view) ?? null,
};

/** The configuration, without keys; null before there is one. */
export const caConfigurationGet: CallEndpoint<Record<string, never>, CaConfiguration | null> = {
  kind: 'call',
  method: 'ConnectCA.ConfigurationGet',
  acl: connectCaRoutes.configuration.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'write', '') },
};

/** A configuration that is asked for. */
export interface ConfigureArgs {
  readonly provider: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The old authority's signature on the new one is not wanted. */
  readonly forceWithoutCrossSigning: boolean;
}

/** Changes the configuration. */
export const caConfigurationSet: CallEndpoint<ConfigureArgs, true> = {
  kind: 'call',
  method: 'ConnectCA.ConfigurationSet',
  acl: connectCaRoutes.configure.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'write', '') },
};

/** Signs the request of a service's instance. */
export const caSign: CallEndpoint<{ readonly csr: string }, SignedLeaf> = {
  kind: 'call',
  method: 'ConnectCA.Sign',
  acl: { check: { resource: 'service', access: 'write', segment: 'handler' } },
  guard: 'own',
};

/** Signs the request of another datacenter's authority: PEM. */
export const caSignIntermediate: CallEndpoint<{ readonly csr: string }, string> = {
  kind: 'call',
  method: 'ConnectCA.SignIntermediate',
  acl: connectCaRoutes.configure.acl,
  guard: { check: (authorizer) => authorizer.allows('operator', 'write', '') },
};

/** What the leader of another datacenter than the primary makes of its authorities; it alone writes this. */
export const caStoreForeign: WriteEndpoint<StoreForeign, boolean> = {
  kind: 'write',
  method: 'ConnectCA.StoreForeign',
  acl: connectCaRoutes.configure.acl,
  guard: 'internal',
  prepare: (payload) => ({ command: foreignStore, payload }),
};

/** What the leader makes of a change; it alone writes this. */
export const caStore: WriteEndpoint<StoreAuthority, boolean> = {
  kind: 'write',
  method: 'ConnectCA.Store',
  acl: connectCaRoutes.configure.acl,
  guard: 'internal',
  prepare: (payload) => ({ command: authorityStore, payload }),
};

/** Forgets an authority whose certificates have all ended; the leader alone writes this. */
export const caRemoveRoot: WriteEndpoint<{ readonly id: string }, boolean> = {
  kind: 'write',
  method: 'ConnectCA.RemoveRoot',
  acl: connectCaRoutes.configure.acl,
  guard: 'internal',
  prepare: (payload) => ({ command: rootRemove, payload }),
};

/** Thrown where the mesh is off. */
export function connectDisabled(): MeshError {
  return new MeshError('unsupported', 'Connect must be enabled in order to use this endpoint');
}
