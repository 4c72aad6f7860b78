import { MEMBER_STATUS, type Member } from '../membership.ts';
import { MAX_MEMBERS } from './pool-messages.ts';

const HOUR_MS = 3_600_000;
/** How long a member that left is shown, milliseconds. */
const LEFT_KEPT_MS = 24 * HOUR_MS;
/** How long one that failed is tried and shown, milliseconds: the original's reconnect_timeout. */
const FAILED_KEPT_MS = 72 * HOUR_MS;

/** What this agent knows of another. */
export interface KnownMember {
  member: Member;
  /** When it last answered or called, monotonic milliseconds. */
  heardMs: number;
  /** Hellos in a row that it did not answer. */
  missed: number;
  changedMs: number;
}

/** Why a member is not taken in. */
export type Refusal = 'name-taken' | 'id-taken' | 'pool-full' | 'has-left';

/** How a member changed. */
export type Change = 'alive' | 'left' | 'failed' | 'forgotten';

/** The other members of the pool, by name. */
export class MemberTable {
  private readonly known = new Map<string, KnownMember>();
  private readonly onChange: (member: Member, change: Change) => void;

  constructor(onChange: (member: Member, change: Change) => void) {
    this.onChange = onChange;
  }

  get all(): readonly KnownMember[] {
    return [...this.known.values()];
  }

  get(name: string): KnownMember | undefined {
    return this.known.get(name);
  }

  /**
   * Takes a member in that just spoke, unless something is against it.
   * @param askedMs when it was asked: an answer from before its leave says nothing. Absent for calls
   */
  alive(member: Member, nowMs: number, askedMs?: number): Refusal | undefined {
    const refusal = this.refusal(member, askedMs);
    if (refusal) return refusal;
    this.forgetNamesakes(member);
    const present = this.known.get(member.Name);
    const alive = { ...member, Status: MEMBER_STATUS.alive };
    const isNews = !present || !isSame(present.member, alive);
    const changedMs = isNews ? nowMs : present.changedMs;
    this.known.set(member.Name, { member: alive, heardMs: nowMs, missed: 0, changedMs });
    if (isNews) this.onChange(alive, 'alive');
    return undefined;
  }

  /** Marks a member as left. */
  left(name: string, nowMs: number): void {
    this.setStatus(name, MEMBER_STATUS.left, 'left', nowMs);
  }

  /** Marks a member as failed. */
  failed(name: string, nowMs: number): void {
    this.setStatus(name, MEMBER_STATUS.failed, 'failed', nowMs);
  }

  forget(name: string): void {
    const present = this.known.get(name);
    if (!present) return;
    this.known.delete(name);
    this.onChange(present.member, 'forgotten');
  }

  /** Counts every member as heard just now: it was this process that stood still. */
  refresh(nowMs: number): void {
    for (const known of this.known.values()) {
      known.heardMs = nowMs;
      known.missed = 0;
    }
  }

  /** Forgets those that left or failed long ago. */
  reap(nowMs: number): void {
    for (const { member, changedMs } of this.all) {
      const ageMs = nowMs - changedMs;
      const isLeft = member.Status === MEMBER_STATUS.left && ageMs > LEFT_KEPT_MS;
      const isFailed = member.Status === MEMBER_STATUS.failed && ageMs > FAILED_KEPT_MS;
      if (isLeft || isFailed) this.forget(member.Name);
    }
  }

  private refusal({ Name, Tags }: Member, askedMs?: number): Refusal | undefined {
    const present = this.known.get(Name);
    const isAlive = present?.member.Status === MEMBER_STATUS.alive;
    if (isAlive && present.member.Tags.id !== Tags.id) return 'name-taken';
    const hasLeft = present?.member.Status === MEMBER_STATUS.left;
    if (hasLeft && askedMs !== undefined && present.changedMs >= askedMs) return 'has-left';
    const namesakes = this.withId(Tags.id, Name);
    if (namesakes.some(({ member }) => member.Status === MEMBER_STATUS.alive)) return 'id-taken';
    const isFull = this.known.size - namesakes.length >= MAX_MEMBERS;
    return !present && isFull ? 'pool-full' : undefined;
  }

  /** One server has one name: under the old one it would look like another that failed. */
  private forgetNamesakes({ Name, Tags }: Member): void {
    for (const { member } of this.withId(Tags.id, Name)) this.forget(member.Name);
  }

  private withId(id: string | undefined, except: string): readonly KnownMember[] {
    return this.all.filter(({ member }) => member.Tags.id === id && member.Name !== except);
  }

  private setStatus(name: string, status: number, change: Change, nowMs: number): void {
    const present = this.known.get(name);
    if (!present || present.member.Status === status) return;
    present.member = { ...present.member, Status: status };
    present.changedMs = nowMs;
    this.onChange(present.member, change);
  }
}

function isSame(one: Member, other: Member): boolean {
  const tags = Object.keys(other.Tags);
  return (
    one.Status === other.Status &&
    one.Addr === other.Addr &&
    one.Port === other.Port &&
    Object.keys(one.Tags).length === tags.length &&
    tags.every((tag) => one.Tags[tag] === other.Tags[tag])
  );
}
