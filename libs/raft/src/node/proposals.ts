import { MeshError, type Timer, type Timers } from '@mesh/base';
import type { LogEntry } from '../entry.ts';
import { lostLeadership } from '../errors.ts';
import type { RaftLimits } from '../node-options.ts';

/** What became of a proposal. */
export interface Settle {
  resolve(outcome: unknown): void;
  reject(error: Error): void;
}

interface Queued extends Settle {
  readonly data: Uint8Array;
}

interface Pending extends Settle {
  readonly term: number;
  readonly bytes: number;
}

/** Proposals from the call until their entry is applied, or is known never to be. */
export class Proposals {
  private queued: Queued[] = [];
  private readonly pending = new Map<number, Pending>();
  private bytes = 0;
  private highest = 0;
  private timer: Timer | undefined;
  private readonly timers: Timers;

  get count(): number {
    return this.queued.length + this.pending.size;
  }

  constructor(timers: Timers) {
    this.timers = timers;
  }

  get hasQueued(): boolean {
    return this.queued.length > 0;
  }

  /** Why a command is not taken; undefined when it is. */
  refusal(data: Uint8Array, limits: RaftLimits): MeshError | undefined {
    const { maxCommandBytes, maxPendingProposals, maxPendingBytes } = limits;
    if (data.length > maxCommandBytes) {
      const message = `a command of ${data.length} bytes exceeds ${maxCommandBytes}`;
      return new MeshError('too-large', message);
    }
    if (this.count < maxPendingProposals && this.bytes + data.length <= maxPendingBytes) {
      return undefined;
    }
    return new MeshError('rate-limited', `${this.count} writes are waiting already`);
  }

  queue(data: Uint8Array, settle: Settle): void {
    this.queued.push({ data, ...settle });
    this.bytes += data.length;
  }

  /** Hands all queued commands to `propose`, and waits for the entries that it makes of them. */
  dispatch(propose: (commands: readonly Uint8Array[]) => readonly LogEntry[]): void {
    const queued = this.queued;
    this.queued = [];
    const entries = propose(queued.map(({ data }) => data));
    entries.forEach((entry, at) => {
      this.bytes -= entry.data.length;
      this.await(entry, queued[at]!);
    });
  }

  /** Waits for an entry that is already in the log. */
  await({ index, term, data }: LogEntry, settle: Settle): void {
    // An index is proposed anew once its entry was truncated: the earlier proposal was told so.
    this.bytes += data.length;
    this.highest = Math.max(this.highest, index);
    const { resolve, reject } = settle;
    this.pending.set(index, { resolve, reject, term, bytes: data.length });
  }

  /** The entry was applied with this outcome. One of another term took the place of the proposal. */
  applied({ index, term }: LogEntry, outcome: unknown): void {
    const pending = this.take(index);
    if (!pending) return;
    if (pending.term !== term) pending.reject(lostLeadership());
    else if (outcome instanceof Error) pending.reject(outcome);
    else pending.resolve(outcome);
  }

  /** Queued commands never reached the log. */
  refuseQueued(error: Error): void {
    const queued = this.queued;
    this.queued = [];
    for (const { data, reject } of queued) {
      this.bytes -= data.length;
      reject(error);
    }
  }

  /** Entries from an index on are gone from this log. */
  truncated(from: number, error: Error = lostLeadership()): void {
    for (let index = from; index <= this.highest; index++) this.take(index)?.reject(error);
    this.highest = Math.min(this.highest, from - 1);
  }

  /** A snapshot took the place of entries up to an index: their outcomes are not known here. */
  skippedTo(index: number): void {
    for (const at of [...this.pending.keys()])
      if (at <= index) this.take(at)?.reject(lostLeadership());
  }

  /**
   * Gives up on what is in the log later, if then `isLost` still says so: until then the next
   * leader may commit it, and callers get the truth.
   */
  abandonAfter(waitMs: number, isLost: () => boolean): void {
    this.timer?.cancel();
    if (this.pending.size === 0) return;
    this.timer = this.timers.after(waitMs, () => {
      if (isLost()) this.abandon();
    });
  }

  /** Gives up on all that is in the log. */
  abandon(error: Error = lostLeadership()): void {
    this.timer?.cancel();
    for (const index of [...this.pending.keys()]) this.take(index)?.reject(error);
    this.highest = 0;
  }

  private take(index: number): Pending | undefined {
    const pending = this.pending.get(index);
    if (!pending) return undefined;
    this.pending.delete(index);
    this.bytes -= pending.bytes;
    return pending;
  }
}
