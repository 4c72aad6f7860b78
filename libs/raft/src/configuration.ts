/** A voter counts for majorities; a non-voter gets the log and has no vote (Raft thesis 4.2.1). */
export type Suffrage = 'voter' | 'non-voter';

/** A server of the cluster. Its id is for life, its address may change. */
export interface ServerInfo {
  /** UUID of the node. */
  readonly id: string;
  /** host:port of its RPC. */
  readonly address: string;
  readonly suffrage: Suffrage;
}

/** The servers of the cluster, as a configuration entry of the log states them; sorted by id. */
export interface Configuration {
  readonly servers: readonly ServerInfo[];
}

/** A change of one server (Raft thesis, section 4.1: never two at once). */
export type ConfigurationChange =
  /** Adds a server without a vote, or gives a known one a new address; its suffrage stays. */
  | { readonly kind: 'add-non-voter'; readonly id: string; readonly address: string }
  /** Adds a voter, or makes one of a non-voter. */
  | { readonly kind: 'add-voter'; readonly id: string; readonly address: string }
  | { readonly kind: 'demote'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };
