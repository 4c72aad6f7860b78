import type { LogEntry } from '../entry.ts';
import type { StateMachine } from '../state-machine.ts';

/** Most work between two turns of the event loop. */
const SLICE_ENTRIES = 256;
const SLICE_BYTES = 256 * 1024;

/** What entries are taken from. */
export interface ApplySource {
  readonly applicableIndex: number;
  slice(from: number, to: number, maxBytes: number): readonly LogEntry[];
}

/** Applies committed entries in order, in slices. */
export class Applier {
  /** Index of the last entry applied. */
  appliedIndex: number;
  private readonly machine: StateMachine;
  private readonly onApplied: (entry: LogEntry, outcome: unknown) => void;

  constructor(
    machine: StateMachine,
    appliedIndex: number,
    onApplied: (entry: LogEntry, outcome: unknown) => void,
  ) {
    this.machine = machine;
    this.appliedIndex = appliedIndex;
    this.onApplied = onApplied;
  }

  /** Applies one slice; false when there was nothing to apply. */
  applySlice({ applicableIndex, slice }: ApplySource): boolean {
    if (this.appliedIndex >= applicableIndex) return false;
    const to = Math.min(applicableIndex, this.appliedIndex + SLICE_ENTRIES);
    const entries = slice(this.appliedIndex + 1, to, SLICE_BYTES);
    const outcomes = this.machine.apply(entries);
    this.appliedIndex = entries.at(-1)!.index;
    entries.forEach((entry, at) => {
      this.onApplied(entry, outcomes[at]);
    });
    return true;
  }
}
