import type { Platform } from '@mesh/base';

interface Pending {
  readonly atMs: number;
  readonly run: () => void;
}

/** A platform whose time stands still until told, and whose randomness is none. */
export class ManualPlatform implements Platform {
  ms = 0;
  private uuids = 0;
  readonly pending: Pending[] = [];
  readonly clock = { nowMs: () => 1_600_000_000_000 + this.ms, monotonicMs: () => this.ms };
  readonly random = {
    float: () => 0,
    bytes: (count: number) => new Uint8Array(count),
    uuid: () => `00000000-0000-4000-8000-${String(++this.uuids).padStart(12, '0')}`,
  };
  readonly timers = {
    after: (delayMs: number, run: () => void) => {
      const entry = { atMs: this.ms + delayMs, run };
      this.pending.push(entry);
      return {
        cancel: () => {
          const at = this.pending.indexOf(entry);
          if (at >= 0) this.pending.splice(at, 1);
        },
      };
    },
  };

  /** Lets time pass at once; timers set by those that fire wait for the next call. */
  advance(ms: number): void {
    this.ms += ms;
    const due = this.pending.filter(({ atMs }) => atMs <= this.ms);
    for (const entry of due.sort((a, b) => a.atMs - b.atMs)) {
      const at = this.pending.indexOf(entry);
      if (at < 0) continue;
      this.pending.splice(at, 1);
      entry.run();
    }
  }

  /** Lets time pass timer by timer, with turns of the event loop in between. */
  async pass(ms: number): Promise<void> {
    const endMs = this.ms + ms;
    for (;;) {
      await settle();
      const next = [...this.pending].sort((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > endMs) break;
      this.advance(Math.max(0, next.atMs - this.ms));
    }
    this.ms = endMs;
    await settle();
  }
}

/** Lets everything that can happen without time passing happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}
