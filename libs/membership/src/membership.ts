/** Status of a gossip member as the API numbers it. */
export const MEMBER_STATUS = { none: 0, alive: 1, leaving: 2, left: 3, failed: 4 } as const;

/** A member of a pool as /v1/agent/members shows it. */
export interface Member {
  readonly Name: string;
  readonly Addr: string;
  readonly Port: number;
  readonly Tags: Readonly<Record<string, string>>;
  /** One of MEMBER_STATUS. */
  readonly Status: number;
  readonly ProtocolMin: number;
  readonly ProtocolMax: number;
  readonly ProtocolCur: number;
  readonly DelegateMin: number;
  readonly DelegateMax: number;
  readonly DelegateCur: number;
}

/** The pools that this agent is in. */
export interface Membership {
  /** This agent in the LAN pool. */
  local(): Member;
  /** LAN members, this one included. */
  members(): readonly Member[];
  /** WAN members; empty on clients. */
  wanMembers(): readonly Member[];
  /** Joins through the addresses; resolves with how many were reached. Rejects when none was. */
  join(addresses: readonly string[], wan: boolean): Promise<number>;
  /** Leaves all pools. */
  leave(): Promise<void>;
  /** Declares a failed member as left; `prune` forgets it. Throws `not-found`. */
  forceLeave(node: string, prune: boolean): Promise<void>;
  /**
   * Tells that a LAN member came, changed or went; several changes may be told as one. Returns an
   * unsubscriber.
   */
  onChange(listener: () => void): () => void;
  /** Statistics of the pools, `serf_lan` and on servers `serf_wan`. */
  stats(): Readonly<Record<string, Readonly<Record<string, string>>>>;
}
