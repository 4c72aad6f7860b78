import type { SuspectMessage } from '../wire/messages.ts';
import { Suspicion, type SuspicionTimes } from './suspicion.ts';

/** The suspicions that run, by the name of the suspect. */
export class Suspicions {
  private readonly byName = new Map<string, Suspicion>();
  /** Undefined when it must be looked for. */
  private earliest: number | undefined = Number.POSITIVE_INFINITY;

  get(name: string): Suspicion | undefined {
    return this.byName.get(name);
  }

  start(accusation: SuspectMessage, times: SuspicionTimes, nowMs: number): void {
    this.byName.set(accusation.node, new Suspicion(accusation, times, nowMs));
    this.earliest = undefined;
  }

  /** Counts an accuser; true when others should hear of it. */
  confirm(suspicion: Suspicion, from: string): boolean {
    if (!suspicion.confirm(from)) return false;
    this.earliest = undefined;
    return true;
  }

  cancel(name: string): void {
    if (this.byName.delete(name)) this.earliest = undefined;
  }

  /** Takes those whose time is up. */
  takeDue(nowMs: number): readonly Suspicion[] {
    if (this.nextDeadlineMs() > nowMs) return [];
    const due = [...this.byName.values()].filter(({ deadlineMs }) => deadlineMs <= nowMs);
    for (const { node } of due) this.cancel(node);
    return due;
  }

  /** Infinity when none runs. */
  nextDeadlineMs(): number {
    if (this.earliest === undefined) {
      this.earliest = Number.POSITIVE_INFINITY;
      for (const { deadlineMs } of this.byName.values()) {
        if (deadlineMs < this.earliest) this.earliest = deadlineMs;
      }
    }
    return this.earliest;
  }
}
