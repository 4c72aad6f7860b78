import { invalid, utf8Bytes } from '@mesh/base';
import { encodeSerf } from '../wire/serf-codec.ts';
import type { EventBody, UserEventMessage } from '../wire/serf-messages.ts';
import type { LamportClock } from './lamport-clock.ts';
import { LamportRing, type RingSlot } from './lamport-ring.ts';
import { sameBytes } from './same-bytes.ts';
import type { SerfEvent } from './types.ts';

/** Name and payload together, and the encoded message; bytes. */
export const USER_EVENT_BYTES = 512;
/** What the ring may hold in all. */
const RING_BYTES = 4 * 1024 * 1024;
/** Events fired at the same Lamport time, so by members that did not hear of each other's. */
const EVENTS_PER_SLOT = 256;

export interface UserEventsOptions {
  readonly clock: LamportClock;
  readonly emit: (event: SerfEvent) => void;
}

/** User events: told to every member once (gossip-wire.md 5.3). */
export class UserEvents {
  private readonly clock: LamportClock;
  private readonly emit: (event: SerfEvent) => void;
  private readonly ring = new LamportRing<EventBody>({
    same: (a, b) => a.name === b.name && sameBytes(a.payload, b.payload),
    bytesOf: ({ name, payload }) => name.length + payload.length + 64,
    maxBytes: RING_BYTES,
    maxPerSlot: EVENTS_PER_SLOT,
  });

  constructor(options: UserEventsOptions) {
    this.clock = options.clock;
    this.emit = options.emit;
  }

  /**
   * Makes an event of this member, tells it here, and gives its time and the message for the others. Throws
   * MeshError invalid-argument when it is too large.
   */
  fire(
    name: string,
    payload: Uint8Array,
    coalesce: boolean,
  ): { readonly lamportTime: number; readonly encoded: Uint8Array } {
    requireSize(utf8Bytes(name).length + payload.length, 'before');
    const lamportTime = this.clock.time;
    const message = { kind: 'userEvent', lamportTime, name, payload, coalesce } as const;
    const encoded = encodeSerf(message);
    requireSize(encoded.length, 'after');
    this.clock.next();
    this.receive(message);
    return { lamportTime, encoded };
  }

  /** Takes an event of another member; true when it is new, and so to be passed on. */
  receive({ lamportTime, name, payload, coalesce }: UserEventMessage): boolean {
    this.clock.witness(lamportTime);
    // A copy: what is kept must not keep the packet that it came in.
    const seen = { name, payload: payload.slice() };
    if (!this.ring.add(lamportTime, seen, this.clock.time)) return false;
    this.emit({ kind: 'user-event', ...seen, lamportTime, coalesce });
    return true;
  }

  /** Events before this time are old: never told. */
  ignoreBefore(lamportTime: number): void {
    this.ring.ignoreBefore(lamportTime);
  }

  /** What push/pull tells of them: the slots of the ring as they are. */
  recent(): readonly (RingSlot<EventBody> | undefined)[] {
    return this.ring.contents();
  }
}

function requireSize(bytes: number, when: 'before' | 'after'): void {
  if (bytes <= USER_EVENT_BYTES) return;
  throw invalid(
    `user event exceeds configured limit of ${USER_EVENT_BYTES} bytes ${when} encoding`,
  );
}
