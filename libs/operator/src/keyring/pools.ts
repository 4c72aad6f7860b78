/** Gossip pools with a keyring. */
export type KeyringPool = 'lan' | 'wan';

export type KeyringOperation = 'list' | 'install' | 'use' | 'remove';

/** What the members of a pool said. */
export interface KeyringReply {
  /** Members asked. */
  readonly members: number;
  /** Members that answered. */
  readonly answers: number;
  /** Members that answered with a failure. @default as many as there are messages */
  readonly failures?: number;
  /** Name of a member -> its remark. */
  readonly messages: Readonly<Record<string, string>>;
  /** Base64 of a key -> members that have it. */
  readonly keys: Readonly<Record<string, number>>;
  /** Base64 of a key -> members that encrypt with it. */
  readonly primaryKeys: Readonly<Record<string, number>>;
}

/** The keyrings of the pools that a server is in. */
export interface KeyringPools {
  /**
   * Runs an operation on all members of a pool. `key` is base64, '' for `list`; `relayFactor` 0..5.
   * Rejects with MeshError when it cannot be asked.
   */
  operate(
    pool: KeyringPool,
    operation: KeyringOperation,
    key: string,
    relayFactor: number,
  ): Promise<KeyringReply>;
}
