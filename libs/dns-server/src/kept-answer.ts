import {
  type DnsQuery,
  type EncodeOptions,
  encodeReply,
  HEADER_BYTES,
  type Resolution,
} from '@mesh/dns';
import type { QueryKey } from './query-key.ts';

/** Orders of one answer that are kept encoded. */
const MAX_VARIANTS = 16;
/** Encoded bytes of one answer at most, unless a single one is larger. */
const VARIANT_BYTES = 16 * 1024;
/** Memory of an entry beside its encodings, roughly, and of each group of its records. */
const ENTRY_BYTES = 512;
const GROUP_BYTES = 384;

/** Everything that stays valid, of what an answer was read from. */
export interface Validity {
  isFresh(): boolean;
  onStale(callback: () => void): () => void;
}

/**
 * An answer ready to be sent: encoded in several random orders that are given out in turn. Now and then one of
 * them is drawn anew, so that over time every order occurs and each of many instances gets its share.
 */
export class KeptAnswer {
  readonly key: QueryKey;
  /** Memory that it takes at most. */
  readonly bytes: number;
  /** Time stamp of the cache: when it was last used. */
  usedAt = 0;
  private readonly variants: Uint8Array[] = [];
  private readonly wanted: number;
  /** A variant is drawn anew each time this many answers were given. */
  private readonly redrawEvery: number;
  private given = 0;
  private redrawn = 0;
  private readonly query: DnsQuery;
  private readonly resolution: Resolution;
  private readonly options: EncodeOptions;
  private readonly validity: readonly Validity[];

  constructor(
    key: QueryKey,
    query: DnsQuery,
    resolution: Resolution,
    options: EncodeOptions,
    validity: readonly Validity[],
  ) {
    this.key = key;
    this.query = query;
    this.resolution = resolution;
    this.options = options;
    this.validity = validity;
    const groups = resolution.groups.length;
    const first = this.encode();
    this.variants.push(first);
    const isOrdered = !resolution.shuffle || groups < 2;
    const room = Math.max(Math.floor(VARIANT_BYTES / first.length), 1);
    this.wanted = isOrdered ? 1 : Math.min(MAX_VARIANTS, room);
    this.redrawEvery = isOrdered ? 0 : Math.max(MAX_VARIANTS, groups);
    this.bytes = ENTRY_BYTES + key.bytes.length + groups * GROUP_BYTES + this.wanted * first.length;
  }

  isFresh(): boolean {
    for (const one of this.validity) if (!one.isFresh()) return false;
    return true;
  }

  /** Calls back once when the answer is no longer right. Returns a function that unsubscribes. */
  onStale(callback: () => void): () => void {
    const unsubscribes = this.validity.map((one) => one.onStale(callback));
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe();
    };
  }

  /**
   * The answer to a query that has this key: with its id, and its way to write the name. The bytes are this
   * object's own, right until the next call.
   */
  answer(message: Uint8Array): Uint8Array {
    const reply = this.next();
    reply[0] = message[0]!;
    reply[1] = message[1]!;
    const end = Math.min(this.key.nameEnd, reply.length);
    for (let at = HEADER_BYTES; at < end; at++) reply[at] = message[at]!;
    return reply;
  }

  private next(): Uint8Array {
    if (this.redrawEvery === 0) return this.variants[0]!;
    const turn = this.given++;
    if (turn === 0) return this.variants[0]!;
    if (this.variants.length < this.wanted) {
      const drawn = this.encode();
      this.variants.push(drawn);
      return drawn;
    }
    if (turn % this.redrawEvery === 0) {
      // Each in its turn: a step of its own, lest it be always the same one.
      this.variants[this.redrawn++ % this.variants.length] = this.encode();
    }
    return this.variants[turn % this.variants.length]!;
  }

  private encode(): Uint8Array {
    return encodeReply(this.query, this.resolution, this.options);
  }
}
