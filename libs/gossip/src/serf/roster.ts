import type { IntentBuffer } from './intent-buffer.ts';
import { type LamportClock, MAX_LAMPORT_TIME } from './lamport-clock.ts';
import { isGone, type MemberRecord, type MemberTable } from './member-table.ts';
import type { SerfEvent, SerfMember, SerfStatus } from './types.ts';
import { SERF_STATUS } from './types.ts';

/** A member as the layer below shows it: without status. */
export type MemberFacts = Omit<SerfMember, 'status'>;

/** Who comes back within it after a failure flaps. */
const FLAP_MS = 60_000;

type MemberEventKind = Extract<SerfEvent, { members: unknown }>['kind'];

/** What became of a leave intent. */
export type LeaveVerdict =
  /** Not news: goes no further. */
  | 'stale'
  /** Followed or kept: the others are to hear it too. */
  | 'accepted'
  /** It says that we leave, and we do not. */
  | 'refute';

export interface RosterOptions {
  /** This member's own name. */
  readonly ownName: string;
  readonly table: MemberTable;
  /** Of intents about members that are not known yet. */
  readonly intents: IntentBuffer;
  readonly clock: LamportClock;
  /** Whether this member has begun to leave. */
  readonly isLeaving: () => boolean;
  readonly emit: (event: SerfEvent) => void;
  /** A member was forgotten for good. */
  readonly onErase: (name: string) => void;
  /** A member came back soon after it had failed. */
  readonly onFlap: () => void;
  /** How long a pruned member that still goes is kept, so that its leave gets around. */
  readonly pruneDelayMs: number;
  /** How long the failed and the left are kept. */
  readonly keepMs: { readonly failed: number; readonly left: number };
}

/**
 * The rules by which members change status (gossip-wire.md 5.2): what the layer below sees happen, and the intents
 * that say what it means. A dead member that had announced it has left; else it failed.
 */
export class Roster {
  private readonly options: RosterOptions;
  private readonly table: MemberTable;
  /** Name -> when it is to be forgotten. */
  private readonly pruning = new Map<string, number>();

  constructor(options: RosterOptions) {
    this.options = options;
    this.table = options.table;
  }

  /** A member came, or came back. */
  joined(facts: MemberFacts, nowMs: number): void {
    const known = this.table.get(facts.name);
    if (known && !isGone(known.member.status)) {
      this.updated(facts);
      return;
    }
    this.pruning.delete(facts.name);
    if (known && isFlap(known, nowMs)) this.options.onFlap();
    if (known) this.store({ ...known, goneAtMs: undefined }, facts, SERF_STATUS.alive);
    else this.introduce(facts);
    this.tell('member-join', facts.name);
  }

  /** A member is dead or left below: which of the two it is for us, its intent has said. */
  departed(name: string, nowMs: number): void {
    const known = this.table.get(name);
    if (!known || isGone(known.member.status)) return;
    const announced = known.member.status === SERF_STATUS.leaving;
    const status = announced ? SERF_STATUS.left : SERF_STATUS.failed;
    this.store({ ...known, goneAtMs: nowMs }, known.member, status);
    this.tell(announced ? 'member-leave' : 'member-failed', name);
  }

  /** A member's tags, address or versions changed. */
  updated(facts: MemberFacts): void {
    const known = this.table.get(facts.name);
    if (!known || sameFacts(known.member, facts)) return;
    this.store(known, facts, known.member.status);
    this.tell('member-update', facts.name);
  }

  /** Somebody says that a member is here since `time`. True when that is news to be passed on. */
  joinIntent(name: string, time: number, nowMs: number): boolean {
    if (time > MAX_LAMPORT_TIME) return false;
    this.options.clock.witness(time);
    const known = this.table.get(name);
    if (!known) return this.options.intents.put(name, 'join', time, nowMs);
    if (time <= known.statusTime) return false;
    const record = { ...known, statusTime: time };
    if (known.member.status === SERF_STATUS.leaving) {
      this.store(record, known.member, SERF_STATUS.alive);
    } else {
      this.table.set(record);
    }
    return true;
  }

  /** Somebody says that a member leaves at `time`; `prune` forgets it besides. */
  leaveIntent(name: string, time: number, prune: boolean, nowMs: number): LeaveVerdict {
    if (time > MAX_LAMPORT_TIME) return 'stale';
    this.options.clock.witness(time);
    const known = this.table.get(name);
    if (!known) {
      return this.options.intents.put(name, 'leave', time, nowMs) ? 'accepted' : 'stale';
    }
    if (name === this.options.ownName && !this.options.isLeaving()) {
      // Times of leaves that push/pull tells are guesses: one as new as our join may have won elsewhere.
      return time >= known.statusTime ? 'refute' : 'stale';
    }
    if (time <= known.statusTime) return 'stale';
    this.follow({ ...known, statusTime: time });
    if (prune) this.prune(name, nowMs);
    return 'accepted';
  }

  /** Forgets who has been gone for too long. */
  reap(nowMs: number): void {
    const { keepMs } = this.options;
    for (const { member, goneAtMs = nowMs } of this.table.gone()) {
      const keep = member.status === SERF_STATUS.failed ? keepMs.failed : keepMs.left;
      if (nowMs - goneAtMs > keep) this.erase(member.name);
    }
  }

  /** Carries out the prunings that are due. */
  finishPruning(nowMs: number): void {
    for (const [name, dueMs] of this.pruning) {
      if (dueMs > nowMs) continue;
      this.pruning.delete(name);
      const status = this.table.get(name)?.member.status;
      // It may have said meanwhile that it stays.
      if (status !== undefined && status !== SERF_STATUS.alive) this.erase(name);
    }
  }

  /** When the next pruning is due; Infinity when none is. */
  nextPruningMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const dueMs of this.pruning.values()) next = Math.min(next, dueMs);
    return next;
  }

  private introduce(facts: MemberFacts): void {
    const intent = this.options.intents.get(facts.name);
    const status = intent?.kind === 'leave' ? SERF_STATUS.leaving : SERF_STATUS.alive;
    const statusTime = intent?.lamportTime ?? 0;
    this.table.set({ member: { ...facts, status }, statusTime, goneAtMs: undefined });
  }

  private follow(record: MemberRecord): void {
    const { member } = record;
    if (member.status === SERF_STATUS.alive) {
      this.store(record, member, SERF_STATUS.leaving);
    } else if (member.status === SERF_STATUS.failed) {
      this.store(record, member, SERF_STATUS.left);
      this.tell('member-leave', member.name);
    } else {
      this.table.set(record);
    }
  }

  private prune(name: string, nowMs: number): void {
    if (this.table.get(name)?.member.status === SERF_STATUS.leaving) {
      this.pruning.set(name, nowMs + this.options.pruneDelayMs);
    } else {
      this.erase(name);
    }
  }

  private erase(name: string): void {
    const known = this.table.get(name);
    if (!known || name === this.options.ownName) return;
    this.table.delete(name);
    this.pruning.delete(name);
    this.options.onErase(name);
    this.options.emit({ kind: 'member-reap', members: [known.member] });
  }

  private store(record: MemberRecord, facts: MemberFacts, status: SerfStatus): void {
    this.table.set({ ...record, member: { ...facts, status } });
  }

  private tell(kind: MemberEventKind, name: string): void {
    const known = this.table.get(name);
    if (known) this.options.emit({ kind, members: [known.member] });
  }
}

function isFlap({ member, goneAtMs = 0 }: MemberRecord, nowMs: number): boolean {
  return member.status === SERF_STATUS.failed && nowMs - goneAtMs < FLAP_MS;
}

function sameFacts(a: MemberFacts, b: MemberFacts): boolean {
  return (
    a.host === b.host &&
    a.port === b.port &&
    a.versions.every((version, index) => version === b.versions[index]) &&
    sameTags(a.tags, b.tags)
  );
}

function sameTags(a: MemberFacts['tags'], b: MemberFacts['tags']): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
