import { utf8Bytes } from '@mesh/base';
import type { SerfEvent } from '@mesh/gossip';
import type { Member, PoolWorld, WorldObserver } from '../world/pool-world.ts';

/** A leave takes less, the news of a join as well. */
const SETTLED_MS = 20_000;

/** A user event that was fired. */
export interface Fired {
  readonly name: string;
  readonly atMs: number;
  readonly by: Member;
  readonly lamportTime: number;
}

/** What has really happened in a pool, whatever its members believe. */
export class Truth implements WorldObserver {
  readonly fired = new Map<string, Fired>();
  /** Members that completed a leave and did not come back: when, and whether nothing hindered them. */
  readonly left = new Map<Member, { readonly atMs: number; readonly isCalm: boolean }>();
  /** Members that began to leave in their present, or last, life. */
  readonly leaving = new Set<Member>();
  /** Members of which it was ever said that they leave, by themselves or by force. */
  readonly saidToLeave = new Set<Member>();
  /** Until when something may make members look failed that are not; Infinity while it lasts. */
  harmUntilMs = 0;
  /** When a member last ended without a word. */
  lossMs = 0;
  private readonly world: PoolWorld;
  private events = 0;

  constructor(world: PoolWorld) {
    this.world = world;
  }

  event(member: Member, event: SerfEvent): void {
    if (event.kind !== 'leave-done') return;
    const sinceMs = this.world.nowMs - SETTLED_MS;
    // Who leaves while the others still learn that it came is not understood by all; and who tells it to many that
    // are gone, and not missed yet, may not be heard.
    const isSettled = member.joinedMs < sinceMs && this.lossMs < sinceMs;
    const isCalm = isSettled && this.isCalmSince(sinceMs);
    this.left.set(member, { atMs: this.world.nowMs, isCalm });
    // Not here: the core is still at work.
    this.world.agenda.after(0, () => {
      member.life?.end();
      member.changedMs = this.world.nowMs;
    });
  }

  /** A member begins a life. */
  began(member: Member): void {
    this.left.delete(member);
    this.leaving.delete(member);
  }

  /** A member begins to leave. */
  beganToLeave(member: Member): void {
    this.leaving.add(member);
    this.saidToLeave.add(member);
  }

  /** Whether nothing could make members look failed since then. */
  isCalmSince(ms: number): boolean {
    return this.harmUntilMs < ms;
  }

  fire(by: Member): string | undefined {
    const name = `event-${++this.events}`;
    const { life } = by;
    if (!life?.alive) return undefined;
    const lamportTime = life.core.clocks().event;
    this.fired.set(name, { name, atMs: this.world.nowMs, by, lamportTime });
    life.act((core, nowMs) => core.userEvent(name, utf8Bytes(by.name), false, nowMs));
    return name;
  }
}
