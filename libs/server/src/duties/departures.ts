import type { Clock } from '@mesh/base';

/** How long a server that has asked to leave may still look alive, milliseconds. */
const DEPARTING_MS = 30_000;

/**
 * Servers that have asked to leave while the members still show them as alive: the leader must not
 * take them in again.
 */
export class Departures {
  private readonly untilMs = new Map<string, number>();
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(id: string): void {
    this.untilMs.set(id, this.clock.monotonicMs() + DEPARTING_MS);
  }

  /** It is gone: should it show up again, it has come back. */
  forget(id: string): void {
    this.untilMs.delete(id);
  }

  has(id: string): boolean {
    const untilMs = this.untilMs.get(id);
    if (untilMs === undefined) return false;
    if (this.clock.monotonicMs() < untilMs) return true;
    this.untilMs.delete(id);
    return false;
  }
}
