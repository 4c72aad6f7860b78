import type { RaftIndex } from './catalog-types.ts';

/** A key with its value. On the wire Value is base64, and null when empty. */
export interface KvPair extends RaftIndex {
  readonly LockIndex: number;
  readonly Key: string;
  /** Unsigned 64-bit; above 2^53 kept as bigint so that no bit is lost. */
  readonly Flags: number | bigint;
  readonly Value: Uint8Array | null;
  /** Present only while a session holds the lock. */
  readonly Session?: string;
}

export interface Session extends RaftIndex {
  readonly ID: string;
  readonly Name: string;
  readonly Node: string;
  /** Nanoseconds, as Go's time.Duration. */
  readonly LockDelay: number;
  readonly Behavior: 'release' | 'delete';
  /** Go duration, "" for none. */
  readonly TTL: string;
  readonly NodeChecks: readonly string[] | null;
  readonly ServiceChecks: readonly { readonly ID: string; readonly Namespace: string }[] | null;
}

/** A user event (gossip) as /v1/event shows it. */
export interface UserEvent {
  readonly ID: string;
  readonly Name: string;
  readonly Payload: Uint8Array | null;
  readonly NodeFilter: string;
  readonly ServiceFilter: string;
  readonly TagFilter: string;
  readonly Version: number;
  readonly LTime: number;
}
