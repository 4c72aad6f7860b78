import type { NetworkCoordinate } from '@mesh/gossip';

/** Which pool: agents of one datacenter, or the servers of all. */
export type PoolName = 'lan' | 'wan';

/** A user event as it travels; Consul's own begin with `consul:`. */
export interface PoolEvent {
  readonly name: string;
  readonly payload: Uint8Array;
  readonly lamportTime: number;
}

/** User events of the LAN pool. */
export interface PoolEvents {
  /** Sends an event to all members, this one included. Throws MeshError when it is over 512 bytes. */
  fire(name: string, payload: Uint8Array): void;
  /** Called for each that arrives, in order. Returns an unsubscriber. */
  subscribe(listener: (event: PoolEvent) => void): () => void;
}

/** What members of one pool said to a keyring operation. */
export interface KeyringReply {
  /** Members asked. */
  readonly members: number;
  /** Members that answered. */
  readonly answers: number;
  /** Name of a member -> its complaint. */
  readonly messages: Readonly<Record<string, string>>;
  /** Base64 of a key -> members that have it; for `list`. */
  readonly keys: Readonly<Record<string, number>>;
  /** Base64 of a key -> members that encrypt with it; for `list`. */
  readonly primaryKeys: Readonly<Record<string, number>>;
}

export type KeyringOperation = 'list' | 'install' | 'use' | 'remove';

/** The keyrings of the pools, changed on all members by a query. */
export interface Keyrings {
  /** Whether the pool encrypts; operations are refused where it does not. */
  isEncrypted(pool: PoolName): boolean;
  /**
   * Runs an operation on all members of a pool, this one included. `key` is base64, and '' for `list`.
   * `relayFactor` 0..5. Rejects with MeshError when the operation cannot be asked; what members answered,
   * failures included, is in the reply.
   */
  operate(
    pool: PoolName,
    operation: KeyringOperation,
    key: string,
    relayFactor: number,
  ): Promise<KeyringReply>;
}

/** Network coordinates of the pools. */
export interface PoolCoordinates {
  /** Ours; undefined where the pool keeps none. */
  own(pool: PoolName): NetworkCoordinate | undefined;
  /** As last heard from the member with that name (in the WAN pool NAME.DC). */
  of(pool: PoolName, name: string): NetworkCoordinate | undefined;
}
