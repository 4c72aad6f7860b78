/** What an intent says: its node comes or goes. */
export type IntentKind = 'join' | 'leave';

/** An intent about a member that is not known yet. */
export interface Intent {
  readonly kind: IntentKind;
  readonly lamportTime: number;
  readonly heardAtMs: number;
}

/** Intents kept at least, whatever the size of the pool. */
const MIN_CAPACITY = 4096;

/**
 * Intents that came before their member: gossip has no order. One per name, the newest; bounded, the one that
 * was stored first goes first.
 */
export class IntentBuffer {
  private readonly intents = new Map<string, Intent>();
  private readonly memberCount: () => number;

  constructor(memberCount: () => number) {
    this.memberCount = memberCount;
  }

  /** Keeps an intent. False when one as new is there: it is no news then. */
  put(name: string, kind: IntentKind, lamportTime: number, nowMs: number): boolean {
    const known = this.intents.get(name);
    if (known && known.lamportTime >= lamportTime) return false;
    // The order of the map is that of storing.
    this.intents.delete(name);
    this.intents.set(name, { kind, lamportTime, heardAtMs: nowMs });
    if (this.intents.size > Math.max(MIN_CAPACITY, 2 * this.memberCount())) this.dropOldest();
    return true;
  }

  /** The intent about a member that appears now; it stays until it is too old. */
  get(name: string): Intent | undefined {
    return this.intents.get(name);
  }

  /** Forgets those heard longer than `ageMs` ago. */
  expire(nowMs: number, ageMs: number): void {
    for (const [name, intent] of this.intents) {
      if (nowMs - intent.heardAtMs > ageMs) this.intents.delete(name);
    }
  }

  get size(): number {
    return this.intents.size;
  }

  private dropOldest(): void {
    for (const name of this.intents.keys()) {
      this.intents.delete(name);
      return;
    }
  }
}
