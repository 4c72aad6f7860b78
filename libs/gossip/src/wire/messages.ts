/**
 * Bodies of memberlist's messages (gossip-wire.md section 2), decoded. Hosts are IP texts as GossipAddress
 * has them ('' where the wire had none), ports 0..65535, incarnations and sequence numbers unsigned 32-bit.
 */

/** `[PMin, PMax, PCur, DMin, DMax, DCur]`: range and current version of memberlist, then of serf. */
export type Versions = readonly [number, number, number, number, number, number];

/** Who asks; left out by old peers, and then the answer goes to where the packet came from. */
export interface PingSource {
  readonly sourceHost?: string;
  readonly sourcePort?: number;
  readonly sourceNode?: string;
}

export interface PingMessage extends PingSource {
  readonly kind: 'ping';
  readonly seqNo: number;
  /** Name of the member that is meant; '' for whoever listens there. */
  readonly node: string;
}

export interface IndirectPingMessage extends PingSource {
  readonly kind: 'indirectPing';
  readonly seqNo: number;
  readonly targetHost: string;
  readonly targetPort: number;
  readonly node: string;
  /** Whether the asker wants to hear of a failure. */
  readonly nack: boolean;
}

export interface AckMessage {
  readonly kind: 'ack';
  readonly seqNo: number;
  readonly payload: Uint8Array | undefined;
}

export interface NackMessage {
  readonly kind: 'nack';
  readonly seqNo: number;
}

export interface SuspectMessage {
  readonly kind: 'suspect';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
}

export interface AliveMessage {
  readonly kind: 'alive';
  readonly incarnation: number;
  readonly node: string;
  readonly host: string;
  readonly port: number;
  /** The member's tags, opaque here; empty where there are none. At most 512 bytes. */
  readonly meta: Uint8Array;
  /** undefined where the wire had none, or too few: such a message is not acted on. */
  readonly versions: Versions | undefined;
}

export interface DeadMessage {
  readonly kind: 'dead';
  readonly incarnation: number;
  readonly node: string;
  /** Equal to `node`: it left by itself. */
  readonly from: string;
}

/** A message of the layer above, opaque here. */
export interface UserMessage {
  readonly kind: 'user';
  readonly body: Uint8Array;
}

/** What a datagram carries, one or many of them. */
export type PacketMessage =
  | PingMessage
  | IndirectPingMessage
  | AckMessage
  | NackMessage
  | SuspectMessage
  | AliveMessage
  | DeadMessage
  | UserMessage;

/** State of a node in push/pull as the wire numbers it. */
export const NODE_STATE = { alive: 0, suspect: 1, dead: 2, left: 3 } as const;
export type NodeState = (typeof NODE_STATE)[keyof typeof NODE_STATE];

export interface PushPullNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly meta: Uint8Array;
  readonly incarnation: number;
  readonly state: NodeState;
  readonly versions: Versions | undefined;
}

export interface PushPullMessage {
  readonly kind: 'pushPull';
  readonly join: boolean;
  readonly nodes: readonly PushPullNode[];
  /** State of the layer above. */
  readonly userState: Uint8Array;
}

export interface ErrorMessage {
  readonly kind: 'error';
  readonly error: string;
}

/** What a stream carries: one request, and for ping and pushPull one reply. */
export type StreamMessage = PingMessage | AckMessage | PushPullMessage | UserMessage | ErrorMessage;
