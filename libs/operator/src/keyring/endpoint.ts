import { type KeyringResponse, keyringRoutes } from '@mesh/api-contract';
import type { CallEndpoint } from '@mesh/resource';
import type { KeyringOperation } from './pools.ts';

/** What a pool answered, and what went wrong as a whole. */
export interface KeyringAnswer extends KeyringResponse {
  /** Why the operation failed in this pool; absent where every member did it. */
  readonly Error?: string;
}

export interface KeyringListArgs {
  /** Members that relay each answer a second time, 0..5. */
  readonly relayFactor: number;
  /** Only the LAN pool of the server that answers. */
  readonly localOnly: boolean;
}

export interface KeyringChangeArgs {
  readonly operation: Exclude<KeyringOperation, 'list'>;
  /** Base64 of 16, 24 or 32 bytes. */
  readonly key: string;
  /** Members that relay each answer a second time, 0..5. */
  readonly relayFactor: number;
  /** Only the LAN pool of the server that answers: another server has asked all. */
  readonly localOnly: boolean;
}

/** Keys of the WAN pool and of the LAN pool of every datacenter. */
export const keyringList: CallEndpoint<KeyringListArgs, readonly KeyringAnswer[]> = {
  kind: 'call',
  method: 'Internal.KeyringList',
  acl: keyringRoutes.list.acl,
  guard: { check: (authorizer) => authorizer.allows('keyring', 'read', '') },
};

/** Installs, uses or removes a key in the same pools. */
export const keyringOperation: CallEndpoint<KeyringChangeArgs, readonly KeyringAnswer[]> = {
  kind: 'call',
  method: 'Internal.KeyringOperation',
  acl: keyringRoutes.install.acl,
  guard: { check: (authorizer) => authorizer.allows('keyring', 'write', '') },
};
