import { MEMBER_STATUS, type Member } from '../membership.ts';

/** Members at most; a pool of servers is far smaller. */
const MAX_MEMBERS = 512;
/** How long a member that left is shown, milliseconds. */
const LEFT_KEPT_MS = 24 * 3_600_000;

/** What this agent knows of another. */
export interface KnownMember {
  member: Member;
  /** When it last answered or called, monotonic milliseconds. */
  heardMs: number;
  /** Hellos in a row that it did not answer. */
  missed: number;
  changedMs: number;
}

/** The other members of the pool, by name. */
export class MemberTable {
  private readonly known = new Map<string, KnownMember>();
  private readonly onChange: (member: Member) => void;

  constructor(onChange: (member: Member) => void) {
    this.onChange = onChange;
  }

  get all(): readonly KnownMember[] {
    return [...this.known.values()];
  }

  get(name: string): KnownMember | undefined {
    return this.known.get(name);
  }

  /** False when another id has the name, or the pool is full. */
  alive(member: Member, nowMs: number): boolean {
    const present = this.known.get(member.Name);
    const isOther = present && present.member.Tags.id !== member.Tags.id;
    if (isOther && present.member.Status === MEMBER_STATUS.alive) return false;
    if (!present && this.known.size >= MAX_MEMBERS) return false;
    const alive = { ...member, Status: MEMBER_STATUS.alive };
    const isNews = !present || !isSame(present.member, alive);
    const changedMs = isNews ? nowMs : present.changedMs;
    this.known.set(member.Name, { member: alive, heardMs: nowMs, missed: 0, changedMs });
    if (isNews) this.onChange(alive);
    return true;
  }

  setStatus(name: string, status: number, nowMs: number): void {
    const present = this.known.get(name);
    if (!present || present.member.Status === status) return;
    present.member = { ...present.member, Status: status };
    present.changedMs = nowMs;
    this.onChange(present.member);
  }

  forget(name: string): void {
    const present = this.known.get(name);
    if (!present) return;
    this.known.delete(name);
    this.onChange(present.member);
  }

  /** Forgets those that left long ago. */
  reap(nowMs: number): void {
    for (const { member, changedMs } of this.all) {
      const isOld = nowMs - changedMs > LEFT_KEPT_MS;
      if (member.Status === MEMBER_STATUS.left && isOld) this.forget(member.Name);
    }
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
