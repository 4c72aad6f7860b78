import type { SerfMember, SerfStatus } from './types.ts';
import { SERF_STATUS } from './types.ts';

/** A member and what only this layer knows of it. */
export interface MemberRecord {
  readonly member: SerfMember;
  /** Lamport time of the newest intent that was followed. */
  readonly statusTime: number;
  /** When it failed or left; undefined while it is there. */
  readonly goneAtMs: number | undefined;
}

/** Whether a member is no longer there: failed or left. */
export function isGone(status: SerfStatus): boolean {
  return status === SERF_STATUS.failed || status === SERF_STATUS.left;
}

/** All members by name, with the lists that the rules walk kept ready. */
export class MemberTable {
  private readonly records = new Map<string, MemberRecord>();
  private readonly goneNames = new Set<string>();
  private listed: readonly SerfMember[] | undefined;
  private readonly counts = new Map<SerfStatus, number>();

  get(name: string): MemberRecord | undefined {
    return this.records.get(name);
  }

  /** Stores or replaces the record of its member's name. */
  set(record: MemberRecord): void {
    const { name, status } = record.member;
    const previous = this.records.get(name);
    this.records.set(name, record);
    if (previous?.member === record.member) return;
    this.uncount(previous);
    this.counts.set(status, this.count(status) + 1);
    if (isGone(status)) this.goneNames.add(name);
    else this.goneNames.delete(name);
    this.listed = undefined;
  }

  delete(name: string): void {
    this.uncount(this.records.get(name));
    this.records.delete(name);
    this.goneNames.delete(name);
    this.listed = undefined;
  }

  /** All members; the same array until one changes. */
  list(): readonly SerfMember[] {
    this.listed ??= [...this.records.values()].map(({ member }) => member);
    return this.listed;
  }

  /** All records, in no order that means anything. */
  all(): Iterable<MemberRecord> {
    return this.records.values();
  }

  /** The failed and the left. */
  gone(): readonly MemberRecord[] {
    return [...this.goneNames].flatMap((name) => this.records.get(name) ?? []);
  }

  /** Members with a status. */
  count(status: SerfStatus): number {
    return this.counts.get(status) ?? 0;
  }

  get size(): number {
    return this.records.size;
  }

  private uncount(record: MemberRecord | undefined): void {
    if (!record) return;
    const { status } = record.member;
    this.counts.set(status, this.count(status) - 1);
  }
}
