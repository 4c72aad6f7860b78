import type { Logger, Metrics, Random } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import type { GossipConfig } from '../config.ts';
import type { NodeState, StreamMessage, Versions } from '../wire/messages.ts';

/** A member as SWIM knows it. Immutable: a change makes another one. */
export interface SwimNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly meta: Uint8Array;
  readonly versions: Versions;
  readonly incarnation: number;
  readonly state: NodeState;
  /** When `state` last changed, of the clock that gives `nowMs`. */
  readonly stateChangedMs: number;
}

/** What the core wants sent. The shell sends in order and reports streams back with `streamDone`. */
export type GossipOutput =
  | { readonly kind: 'packet'; readonly to: GossipAddress; readonly bytes: Uint8Array }
  | {
      readonly kind: 'stream';
      /** For `streamDone`. */
      readonly id: number;
      readonly to: GossipAddress;
      readonly message: StreamMessage;
      readonly timeoutMs: number;
      /** Whether an answer is awaited. */
      readonly reply: boolean;
    };

/** How a stream that the core asked for ended. */
export type StreamResult =
  | { readonly reply: StreamMessage | undefined }
  /** What went wrong, in words. */
  | { readonly error: string };

/** The layer above: serf. Called from within the core's own calls; may call the core back, but for `tick`. */
export interface SwimDelegate {
  /** A message of this layer that arrived by gossip or straight from a member. */
  userMessage(body: Uint8Array, from: GossipAddress, nowMs: number): void;
  /**
   * Bodies to piggyback, most wanted first. Each costs its length plus `overheadBytes`, all together at most
   * `roomBytes`. Counts them as transmitted.
   */
  takeBroadcasts(overheadBytes: number, roomBytes: number): readonly Uint8Array[];
  /** Whether takeBroadcasts would give anything; gossip rests while nobody has. */
  hasBroadcasts(): boolean;
  localState(join: boolean): Uint8Array;
  mergeRemoteState(state: Uint8Array, join: boolean, nowMs: number): void;
  /** Rides on acks of direct pings. */
  ackPayload(): Uint8Array | undefined;
  /** A direct UDP ping was answered; `rttMs` has fractions. */
  pingCompleted(
    node: SwimNode,
    rttMs: number,
    payload: Uint8Array | undefined,
    nowMs: number,
  ): void;
  /** A member came, or came back. */
  nodeJoined(node: SwimNode, nowMs: number): void;
  /** A member is dead or left, as its state says. */
  nodeLeft(node: SwimNode, nowMs: number): void;
  /** A member's meta or versions changed. */
  nodeUpdated(node: SwimNode, nowMs: number): void;
  /** Somebody else, at another address, claims the name of a member. */
  nameConflict(existing: SwimNode, other: SwimNode, nowMs: number): void;
  /** Why these may not be merged with (a join's whole list); undefined when they may. */
  vetoMerge(nodes: readonly SwimNode[]): string | undefined;
  /** Why this one may not be a member; undefined when it may. */
  vetoAlive(node: SwimNode): string | undefined;
  /** A join through one address ended; `error` says why when it failed. */
  joinDone(id: number, error: string | undefined, nowMs: number): void;
  /** This member's leave was sent often enough, or there is nobody to hear it. */
  leaveSent(nowMs: number): void;
}

export interface SwimOptions {
  readonly name: string;
  /** Where the others reach this member. */
  readonly address: GossipAddress;
  readonly meta: Uint8Array;
  /** Range and current version of the layer above: DMin, DMax, DCur. */
  readonly delegateVersions: readonly [number, number, number];
  readonly config: GossipConfig;
  readonly random: Pick<Random, 'float'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly delegate: SwimDelegate;
  /** Bytes that encryption adds to a datagram, asked for each. @default 0 */
  readonly packetOverheadBytes?: () => number;
  /**
   * Gives bytes that equal these, to be kept in their place, and never changed. Where many cores run in one process,
   * what they pass on is then there once. @default a copy
   */
  readonly share?: (bytes: Uint8Array) => Uint8Array;
}

/**
 * Membership and failure detection (SWIM: Das et al. 2002; Lifeguard: Dadgar et al. 2018), as memberlist speaks
 * it. Pure: time comes in with each call (`nowMs`, one clock that never goes backward), what to send goes out
 * by `takeOutputs`. No input makes it throw.
 */
export interface Swim {
  /** Becomes alive and schedules the first probe, gossip and push/pull at random offsets. */
  start(nowMs: number): void;
  /** Does all that is due. */
  tick(nowMs: number): void;
  /** When tick is wanted next; Infinity when never. */
  nextDeadlineMs(): number;
  receivePacket(bytes: Uint8Array, from: GossipAddress, nowMs: number): void;
  /** The reply; undefined closes the stream without one. */
  receiveStream(
    message: StreamMessage,
    from: GossipAddress,
    nowMs: number,
  ): StreamMessage | undefined;
  streamDone(id: number, result: StreamResult, nowMs: number): void;
  /** What is to be sent since the last call. */
  takeOutputs(): GossipOutput[];
  /** Exchanges states with whoever is there, as a join. Returns the id that joinDone tells. */
  join(to: GossipAddress, nowMs: number): number;
  /** Tells that this member leaves; the delegate's leaveSent follows. It keeps answering. */
  leave(nowMs: number): void;
  /** Gives this member other meta, under a new incarnation. */
  updateMeta(meta: Uint8Array, nowMs: number): void;
  /** Sends a message of the layer above in a datagram of its own. */
  sendUser(to: GossipAddress, body: Uint8Array): void;
  /** All known, dead ones not yet reaped included. */
  nodes(): readonly SwimNode[];
  node(name: string): SwimNode | undefined;
  /** Nodes known, this one included: the n of the formulas. */
  readonly nodeCount: number;
  /** Alive or suspect, this one included. */
  readonly aliveCount: number;
  /** 0 is healthy (Lifeguard's awareness). */
  readonly healthScore: number;
  readonly incarnation: number;
}
