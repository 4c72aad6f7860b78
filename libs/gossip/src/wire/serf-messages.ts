/**
 * Messages of the layer above memberlist (gossip-wire.md section 5), decoded. Lamport times are whole numbers below
 * 2^53; a larger one is malformed.
 */

export interface LeaveIntent {
  readonly kind: 'leave';
  readonly lamportTime: number;
  readonly node: string;
  /** Forget the member at once. */
  readonly prune: boolean;
}

export interface JoinIntent {
  readonly kind: 'join';
  readonly lamportTime: number;
  readonly node: string;
}

/** A user event without its time. */
export interface EventBody {
  readonly name: string;
  readonly payload: Uint8Array;
}

/** User events of one Lamport time. */
export interface EventSlot {
  readonly lamportTime: number;
  readonly events: readonly EventBody[];
}

/** State that members exchange. */
export interface SerfPushPull {
  readonly kind: 'pushPull';
  readonly lamportTime: number;
  /** Time of each member's last change of status, by name. */
  readonly statusLamportTimes: ReadonlyMap<string, number>;
  readonly leftMembers: readonly string[];
  readonly eventLamportTime: number;
  /** The ring of recent events as it is, most slots empty. */
  readonly events: readonly (EventSlot | undefined)[];
  readonly queryLamportTime: number;
}

export interface UserEventMessage extends EventBody {
  readonly kind: 'userEvent';
  readonly lamportTime: number;
  /** Events of one name may be coalesced. */
  readonly coalesce: boolean;
}

/** Bits of `flags` in queries. */
export const QUERY_FLAG = { ack: 1, noBroadcast: 2 } as const;
/** Bits of `flags` in responses. */
export const RESPONSE_FLAG = { ack: 1 } as const;

export interface QueryMessage {
  readonly kind: 'query';
  readonly lamportTime: number;
  readonly id: number;
  /** Where responses go. */
  readonly host: string;
  readonly port: number;
  readonly sourceNode: string;
  /** Encoded filters: decodeFilter. */
  readonly filters: readonly Uint8Array[];
  readonly flags: number;
  readonly relayFactor: number;
  readonly timeoutNs: number;
  readonly name: string;
  readonly payload: Uint8Array | undefined;
}

export interface QueryResponse {
  readonly kind: 'queryResponse';
  readonly lamportTime: number;
  readonly id: number;
  readonly from: string;
  readonly flags: number;
  readonly payload: Uint8Array | undefined;
}

/** A member as another one describes it. */
export interface MemberRecord {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: number;
  readonly protocolMin: number;
  readonly protocolMax: number;
  readonly protocolCur: number;
  readonly delegateMin: number;
  readonly delegateMax: number;
  readonly delegateCur: number;
}

export interface ConflictResponse {
  readonly kind: 'conflictResponse';
  readonly member: MemberRecord | undefined;
}

export interface KeyRequest {
  readonly kind: 'keyRequest';
  readonly key: Uint8Array | undefined;
}

export interface KeyResponse {
  readonly kind: 'keyResponse';
  readonly result: boolean;
  readonly message: string;
  /** Base64. */
  readonly keys: readonly string[];
  /** Base64; '' where there is none. */
  readonly primaryKey: string;
}

/** A message to be passed on. */
export interface RelayMessage {
  readonly kind: 'relay';
  readonly host: string;
  readonly port: number;
  /** Name of the member that it is for; '' from older peers. */
  readonly node: string;
  /** A serf message with its type byte. */
  readonly body: Uint8Array;
}

export type SerfMessage =
  | LeaveIntent
  | JoinIntent
  | SerfPushPull
  | UserEventMessage
  | QueryMessage
  | QueryResponse
  | ConflictResponse
  | KeyRequest
  | KeyResponse
  | RelayMessage;

/** Whom a query is for. */
export type QueryFilter =
  | { readonly kind: 'nodes'; readonly names: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string; readonly expression: string };
