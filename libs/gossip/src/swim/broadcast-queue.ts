/** A message that waits to ride on gossip. */
interface Item<K> {
  readonly message: Uint8Array;
  /** Of the message. */
  readonly bytes: number;
  readonly key: K | undefined;
  /** Rises with each message queued. */
  readonly sequence: number;
  readonly onDone: (() => void) | undefined;
  /** How often it was sent. */
  sent: number;
}

export interface BroadcastQueueOptions {
  /** A message is sent retransmitMult * ceil(log10(n + 1)) times. */
  readonly retransmitMult: number;
  /** The n of it: nodes known, this one included. */
  readonly nodeCount: () => number;
}

/**
 * Messages with the number of times that each was sent: infection-style dissemination (SWIM 3.1, memberlist's
 * transmit-limited queue). What was sent least often goes first, within that the largest that fits, of equals
 * the newest.
 */
export class BroadcastQueue<K = string> {
  private readonly options: BroadcastQueueOptions;
  /** By how often they were sent; within a tier by length, then by age, both descending. */
  private readonly tiers: Item<K>[][] = [];
  private readonly byKey = new Map<K, Item<K>>();
  private count = 0;
  private sequence = 0;

  constructor(options: BroadcastQueueOptions) {
    this.options = options;
  }

  /** Messages that wait. */
  get length(): number {
    return this.count;
  }

  /**
   * Queues a message; one with the same key that waits is dropped for it. `onDone` is called when it was sent
   * often enough, or dropped.
   */
  queue(message: Uint8Array, key?: K, onDone?: () => void): void {
    if (key !== undefined) this.invalidate(key);
    const bytes = message.length;
    const item: Item<K> = { message, bytes, key, onDone, sequence: this.sequence++, sent: 0 };
    if (key !== undefined) this.byKey.set(key, item);
    this.insert(item);
  }

  /**
   * Messages for one packet: each costs its length plus `overheadBytes`, all at most `roomBytes`. Counts
   * them as sent.
   */
  take(overheadBytes: number, roomBytes: number): Uint8Array[] {
    if (this.count === 0) return [];
    const taken: Item<K>[] = [];
    let room = roomBytes;
    for (const tier of this.tiers) {
      for (;;) {
        // All from here on are small enough; as many as fit together are taken at once.
        const start = firstWithin(tier, room - overheadBytes);
        let end = start;
        for (; end < tier.length; end++) {
          const item = tier[end]!;
          if (item.bytes + overheadBytes > room) break;
          taken.push(item);
          room -= item.bytes + overheadBytes;
        }
        if (end === start) break;
        tier.splice(start, end - start);
      }
    }
    this.count -= taken.length;
    const limit = this.transmitLimit();
    for (const item of taken) {
      item.sent++;
      if (item.sent >= limit) this.finish(item);
      else this.insert(item);
    }
    return taken.map(({ message }) => message);
  }

  /** Drops the most often sent, of them the smallest and oldest, until `max` remain. */
  prune(max: number): void {
    for (let at = this.tiers.length - 1; at >= 0 && this.count > max; at--) {
      const excess = Math.min(this.count - max, this.tiers[at]!.length);
      const dropped = this.tiers[at]!.splice(this.tiers[at]!.length - excess, excess);
      this.count -= dropped.length;
      for (const item of dropped) this.finish(item);
    }
  }

  /** Drops everything. */
  reset(): void {
    this.prune(0);
  }

  private transmitLimit(): number {
    return this.options.retransmitMult * Math.ceil(Math.log10(this.options.nodeCount() + 1));
  }

  private insert(item: Item<K>): void {
    while (this.tiers.length <= item.sent) this.tiers.push([]);
    const tier = this.tiers[item.sent]!;
    let low = 0;
    let high = tier.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (precedes(tier[middle]!, item)) low = middle + 1;
      else high = middle;
    }
    tier.splice(low, 0, item);
    this.count++;
  }

  private invalidate(key: K): void {
    const item = this.byKey.get(key);
    if (!item) return;
    const tier = this.tiers[item.sent]!;
    tier.splice(tier.indexOf(item), 1);
    this.count--;
    this.finish(item);
  }

  private finish(item: Item<K>): void {
    if (item.key !== undefined && this.byKey.get(item.key) === item) this.byKey.delete(item.key);
    item.onDone?.();
  }
}

function precedes<K>(a: Item<K>, b: Item<K>): boolean {
  if (a.bytes !== b.bytes) return a.bytes > b.bytes;
  return a.sequence > b.sequence;
}

/** Position of the first message of at most `bytes`; the length of the tier when there is none. */
function firstWithin<K>(tier: readonly Item<K>[], bytes: number): number {
  let low = 0;
  let high = tier.length;
  // In a packet that is full already nothing fits, in an empty one everything.
  if (high === 0 || tier[high - 1]!.bytes > bytes) return high;
  if (tier[0]!.bytes <= bytes) return 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tier[middle]!.bytes > bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}
