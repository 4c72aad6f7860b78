import type { ServiceIdentity } from '@mesh/connect-ca';

/** Whose connections: other services' to this one, or this one's to upstreams. */
export type Direction = 'public' | 'upstream';

/** Bytes of the services, without those of TLS. */
export interface Traffic {
  /** To the service of this proxy. */
  readonly bytesIn: number;
  /** From it. */
  readonly bytesOut: number;
}

/** A connection that goes on. */
export interface LiveConnection {
  readonly direction: Direction;
  /** Name of the listener that took it. */
  readonly listener: string;
  /** Service at the other end. */
  readonly peer: ServiceIdentity;
  /** Address of the peer's proxy. */
  readonly remote: string;
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  traffic(): Traffic;
  /** Breaks it off, both sides. */
  reset(): void;
}

/** Sums over all connections of one listener or direction. */
export interface Totals extends Traffic {
  readonly active: number;
  readonly total: number;
}

/** The connections that go on, so that they can be shown and ended, and sums over those that are over. */
export class LiveConnections {
  private readonly all = new Set<LiveConnection>();
  private readonly over = new Map<string, { total: number; bytesIn: number; bytesOut: number }>();
  private readonly waiting = new Set<() => void>();

  get size(): number {
    return this.all.size;
  }

  add(connection: LiveConnection): void {
    this.all.add(connection);
    this.sums(connection.listener).total++;
  }

  /** It is over. */
  delete(connection: LiveConnection): void {
    if (!this.all.delete(connection)) return;
    const sums = this.sums(connection.listener);
    const { bytesIn, bytesOut } = connection.traffic();
    sums.bytesIn += bytesIn;
    sums.bytesOut += bytesOut;
    if (this.all.size > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  list(): readonly LiveConnection[] {
    return [...this.all];
  }

  /** By name of the listener, those that stand included. */
  totals(): ReadonlyMap<string, Totals> {
    const totals = new Map<string, { -readonly [K in keyof Totals]: Totals[K] }>();
    for (const [listener, sums] of this.over) totals.set(listener, { ...sums, active: 0 });
    for (const connection of this.all) {
      const sums = totals.get(connection.listener)!;
      const { bytesIn, bytesOut } = connection.traffic();
      sums.active++;
      sums.bytesIn += bytesIn;
      sums.bytesOut += bytesOut;
    }
    return totals;
  }

  /** Ends those that a test picks; how many. */
  end(isWanted: (connection: LiveConnection) => boolean): number {
    const wanted = [...this.all].filter(isWanted);
    for (const connection of wanted) connection.reset();
    return wanted.length;
  }

  /** Resolves when none is left. */
  whenEmpty(): Promise<void> {
    if (this.all.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private sums(listener: string) {
    let sums = this.over.get(listener);
    if (!sums) {
      sums = { total: 0, bytesIn: 0, bytesOut: 0 };
      this.over.set(listener, sums);
    }
    return sums;
  }
}
