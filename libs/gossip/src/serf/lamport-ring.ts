import { MAX_LAMPORT_TIME } from './lamport-clock.ts';

/** Slots of the buffers of events and queries; part of the protocol. */
export const RING_SLOTS = 512;

/** What was seen at one Lamport time. */
export interface RingSlot<T> {
  readonly lamportTime: number;
  readonly entries: readonly T[];
}

interface Slot<T> {
  readonly lamportTime: number;
  readonly entries: T[];
  bytes: number;
}

export interface RingOptions<T> {
  /** Whether two things seen at the same time are the same. */
  readonly same: (a: T, b: T) => boolean;
  /** What an entry occupies. */
  readonly bytesOf: (entry: T) => number;
  /** All entries together; the slots of the oldest times go when there is more. */
  readonly maxBytes: number;
  /** Entries of one time; more are refused. */
  readonly maxPerSlot: number;
}

/**
 * Remembers what was seen lately, to tell new from repeated: a ring indexed by Lamport time. What is older than
 * the ring counts as seen.
 */
export class LamportRing<T> {
  private readonly slots = new Array<Slot<T> | undefined>(RING_SLOTS).fill(undefined);
  private readonly options: RingOptions<T>;
  private minimum = 0;
  private totalBytes = 0;

  constructor(options: RingOptions<T>) {
    this.options = options;
  }

  /** Times before it count as seen. */
  get minTime(): number {
    return this.minimum;
  }

  /** Raises the time before which everything counts as seen. */
  ignoreBefore(time: number): void {
    if (time > MAX_LAMPORT_TIME) return;
    this.minimum = Math.max(this.minimum, time);
  }

  /** Remembers an entry; false when it is not new. `clockTime` is the clock after it witnessed `time`. */
  add(time: number, entry: T, clockTime: number): boolean {
    if (time < this.minimum || time > MAX_LAMPORT_TIME) return false;
    if (clockTime > RING_SLOTS && time < clockTime - RING_SLOTS) return false;
    const slot = this.slotOf(time);
    if (slot.entries.length >= this.options.maxPerSlot) return false;
    if (slot.entries.some((seen) => this.options.same(seen, entry))) return false;
    const bytes = this.options.bytesOf(entry);
    slot.entries.push(entry);
    slot.bytes += bytes;
    this.totalBytes += bytes;
    while (this.totalBytes > this.options.maxBytes) this.dropOldest();
    return true;
  }

  /** All slots in ring order, as push/pull sends them. */
  contents(): readonly (RingSlot<T> | undefined)[] {
    return this.slots;
  }

  /** A slot that holds another time, older or newer, makes way. */
  private slotOf(time: number): Slot<T> {
    const index = time % RING_SLOTS;
    const slot = this.slots[index];
    if (slot?.lamportTime === time) return slot;
    this.totalBytes -= slot?.bytes ?? 0;
    const fresh: Slot<T> = { lamportTime: time, entries: [], bytes: 0 };
    this.slots[index] = fresh;
    return fresh;
  }

  /** What is forgotten must count as seen, or it would circle for ever. */
  private dropOldest(): void {
    let oldest: Slot<T> | undefined;
    for (const slot of this.slots) {
      if (slot && (!oldest || slot.lamportTime < oldest.lamportTime)) oldest = slot;
    }
    if (!oldest) return;
    this.slots[oldest.lamportTime % RING_SLOTS] = undefined;
    this.totalBytes -= oldest.bytes;
    this.ignoreBefore(oldest.lamportTime + 1);
  }
}
