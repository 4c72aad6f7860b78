import type { Logger, Metrics, Random } from '@mesh/base';
import type { GossipAddress } from '../address.ts';
import type { GossipConfig } from '../config.ts';
import type { GossipOutput, StreamResult } from '../swim/types.ts';
import type { NetworkCoordinate } from '../vivaldi/types.ts';
import type { StreamMessage, Versions } from '../wire/messages.ts';

/** Status of a member as serf numbers it, on the wire and in the API. */
export const SERF_STATUS = { none: 0, alive: 1, leaving: 2, left: 3, failed: 4 } as const;
export type SerfStatus = (typeof SERF_STATUS)[keyof typeof SERF_STATUS];

/** A member of the pool. Immutable. */
export interface SerfMember {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: SerfStatus;
  readonly versions: Versions;
}

/** A query of another member (or our own) that this one may answer. */
export interface IncomingQuery {
  /** For `respond`. */
  readonly token: number;
  readonly name: string;
  readonly payload: Uint8Array;
  readonly lamportTime: number;
  readonly sourceNode: string;
  /** After it no response counts, by the core's clock. */
  readonly deadlineMs: number;
}

/** What happened, in order; the shell takes these after each call. */
export type SerfEvent =
  | {
      readonly kind:
        | 'member-join'
        | 'member-leave'
        | 'member-failed'
        | 'member-update'
        | 'member-reap';
      readonly members: readonly SerfMember[];
    }
  | {
      readonly kind: 'user-event';
      readonly name: string;
      readonly payload: Uint8Array;
      readonly lamportTime: number;
      readonly coalesce: boolean;
    }
  | { readonly kind: 'query'; readonly query: IncomingQuery }
  /** To a query that this member sent. */
  | { readonly kind: 'query-ack'; readonly id: number; readonly from: string }
  | {
      readonly kind: 'query-response';
      readonly id: number;
      readonly from: string;
      readonly payload: Uint8Array;
    }
  | { readonly kind: 'query-done'; readonly id: number }
  /** A `join` ended; `error` says why when it failed. */
  | { readonly kind: 'join-done'; readonly id: number; readonly error: string | undefined }
  /** The leave is complete: the shell may stop. */
  | { readonly kind: 'leave-done' }
  /** Another member has this one's name and the majority says so: this one must stop. */
  | { readonly kind: 'name-lost'; readonly other: GossipAddress };

export interface QueryParams {
  readonly name: string;
  readonly payload: Uint8Array;
  /** Only members with these names answer. @default everybody */
  readonly nodes?: readonly string[];
  /** Only members whose tags match these regular expressions (unanchored). */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether receipt is to be acknowledged. @default false */
  readonly ack?: boolean;
  /** Members that relay each response a second time. @default 0 */
  readonly relayFactor?: number;
  /** @default gossipIntervalMs * 16 * ceil(log10(n + 1)) */
  readonly timeoutMs?: number;
}

/** Who may be in the pool. */
export interface PoolRules {
  /** Why these may not be merged with (the whole list of a join); undefined when they may. */
  vetoMerge(members: readonly SerfMember[]): string | undefined;
  /** Why this one may not be a member; undefined when it may. */
  vetoAlive(member: SerfMember): string | undefined;
}

/** Answers a `_serf_*-key` query on this member; io implements it by the keyring. */
export interface KeyOperations {
  /** Base64 of each key, primary first; undefined where encryption is off. */
  list(): readonly string[] | undefined;
  /** Each throws MeshError; the message goes to the asker. */
  install(key: Uint8Array): void;
  use(key: Uint8Array): void;
  remove(key: Uint8Array): void;
}

/** What a member remembers over a restart (gossip-wire.md section 6). */
export interface SerfMemory {
  /** Time of each Lamport clock when it was last noted; 0 where nothing is known. */
  readonly clock: number;
  readonly eventClock: number;
  readonly queryClock: number;
}

export interface SerfOptions {
  readonly name: string;
  readonly address: GossipAddress;
  readonly tags: Readonly<Record<string, string>>;
  /** Serf protocol spoken; Consul 1.8 speaks 4, serf 0.9 speaks 5. @default 4 */
  readonly protocol?: number;
  readonly config: GossipConfig;
  readonly rules: PoolRules;
  /** @default refuses with "encryption not enabled" */
  readonly keys?: KeyOperations;
  /** A member that finds another under its name asks the pool who is right. @default false */
  readonly resolveConflicts?: boolean;
  /** @default true */
  readonly coordinates?: boolean;
  /** @default nothing remembered */
  readonly memory?: SerfMemory;
  readonly random: Pick<Random, 'float'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly packetOverheadBytes?: () => number;
  /**
   * Gives bytes that equal these, to be kept in their place, and never changed. Where many cores run in one process,
   * what they pass on is then there once. @default a copy
   */
  readonly share?: (bytes: Uint8Array) => Uint8Array;
}

/** Lamport times as /v1/agent/self and the snapshot file show them. */
export interface SerfClocks {
  readonly member: number;
  readonly event: number;
  readonly query: number;
}

/** Depths of the broadcast queues. */
export interface SerfQueues {
  readonly intent: number;
  readonly event: number;
  readonly query: number;
}

/**
 * Serf over SWIM: members with tags, orderly leave, user events, queries (gossip-wire.md section 5). Pure, like the
 * core below it: the shell passes time in, sends `takeOutputs`, and hands out `takeEvents`, after each call.
 */
export interface Serf {
  start(nowMs: number): void;
  tick(nowMs: number): void;
  nextDeadlineMs(): number;
  receivePacket(bytes: Uint8Array, from: GossipAddress, nowMs: number): void;
  receiveStream(
    message: StreamMessage,
    from: GossipAddress,
    nowMs: number,
  ): StreamMessage | undefined;
  streamDone(id: number, result: StreamResult, nowMs: number): void;
  takeOutputs(): GossipOutput[];
  takeEvents(): SerfEvent[];

  /** Joins through one address; event `join-done` has the returned id. `ignoreOld`: past user events are skipped. */
  join(to: GossipAddress, ignoreOld: boolean, nowMs: number): number;
  /** Leaves in order; event `leave-done` ends it. Idempotent. */
  leave(nowMs: number): void;
  /** Makes a failed member left; `prune` forgets it. False when no member has that name. */
  forceLeave(name: string, prune: boolean, nowMs: number): boolean;
  /** Throws MeshError invalid-argument when they encode to more than 512 bytes. */
  setTags(tags: Readonly<Record<string, string>>, nowMs: number): void;
  /** Throws MeshError invalid-argument when name and payload exceed 512 bytes. Returns its Lamport time. */
  userEvent(name: string, payload: Uint8Array, coalesce: boolean, nowMs: number): number;
  /** Asks the pool; events query-* have the returned id. Throws MeshError when it encodes to over 1024 bytes. */
  query(params: QueryParams, nowMs: number): { readonly id: number; readonly deadlineMs: number };
  /** Answers a query once; throws MeshError when it is too late, answered, or over 1024 bytes encoded. */
  respond(token: number, payload: Uint8Array, nowMs: number): void;

  members(): readonly SerfMember[];
  member(name: string): SerfMember | undefined;
  local(): SerfMember;
  clocks(): SerfClocks;
  queues(): SerfQueues;
  readonly healthScore: number;
  /** Ours; undefined where coordinates are off. */
  coordinate(): NetworkCoordinate | undefined;
  /** As last heard from a member. */
  cachedCoordinate(name: string): NetworkCoordinate | undefined;
  /** Times our coordinate became invalid and began anew. */
  readonly coordinateResets: number;
}
