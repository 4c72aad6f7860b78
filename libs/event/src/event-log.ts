import type { UserEvent } from '@mesh/api-contract';
import type { Timers } from '@mesh/base';
import { eventIndex } from './event-index.ts';
import { isMeantFor, type LocalServices } from './event-target.ts';

/** Events kept. */
export const EVENT_LOG_SIZE = 256;

/**
 * The last events that reached this agent and were meant for it. Events without a Lamport order
 * between them stand in order of arrival.
 */
export class EventLog {
  private readonly events: UserEvent[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly local: LocalServices;
  private readonly timers: Timers;

  constructor(local: LocalServices, timers: Timers) {
    this.local = local;
    this.timers = timers;
  }

  /**
   * Takes an event that has arrived; drops it when it is not meant for this agent. True when kept.
   */
  receive(event: UserEvent): boolean {
    if (!isMeantFor(event, this.local)) return false;
    this.events.push(event);
    if (this.events.length > EVENT_LOG_SIZE) this.events.shift();
    for (const wake of [...this.waiting]) wake();
    return true;
  }

  /** Kept events, oldest first; with a name only those. */
  list(name = ''): readonly UserEvent[] {
    return name === '' ? [...this.events] : this.events.filter((event) => event.Name === name);
  }

  /** Index of the list: that of its last event, 1 when there is none. */
  index(name = ''): number {
    const last = this.list(name).at(-1);
    return last ? eventIndex(last.ID) : 1;
  }

  /** Reads that wait now. */
  get waiters(): number {
    return this.waiting.size;
  }

  /** Resolves when the index differs from `index`, after `waitMs`, or when the signal aborts. */
  async waitFor(name: string, index: number, waitMs: number, signal: AbortSignal): Promise<void> {
    if (this.index(name) !== index || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        this.waiting.delete(check);
        signal.removeEventListener('abort', finish);
        timer.cancel();
        resolve();
      };
      const check = () => {
        if (this.index(name) !== index) finish();
      };
      const timer = this.timers.after(waitMs, finish);
      this.waiting.add(check);
      signal.addEventListener('abort', finish, { once: true });
    });
  }
}
