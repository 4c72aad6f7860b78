import type { Platform } from '@mesh/base';
import { ManualTimers } from '@mesh/testkit';

/** A platform whose time passes when the test says so. */
export interface ManualPlatform extends Platform {
  readonly timers: ManualTimers;
}

export function manualPlatform(): ManualPlatform {
  const timers = new ManualTimers();
  return {
    timers,
    clock: { nowMs: () => timers.nowMs, monotonicMs: () => timers.nowMs },
    random: { float: () => 0.5, bytes: (count) => new Uint8Array(count), uuid: () => '' },
  };
}
