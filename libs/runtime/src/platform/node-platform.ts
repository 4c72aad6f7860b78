import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Platform, Random } from '@mesh/base';
import { TimerHeap } from './timer-heap.ts';

/** The operating system's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Randomness: cryptographic where bytes and ids are drawn, fast where only jitter is. */
export const systemRandom: Random = {
  float: () => Math.random(),
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
};

/**
 * The only real clock, randomness and timers of the program. An error thrown by a timer's callback is our
 * own bug: it ends the process the way any uncaught exception does.
 */
export function createPlatform(): Platform {
  const timers = new TimerHeap(systemClock.monotonicMs, (error) => {
    setImmediate(() => {
      throw error;
    });
  });
  return { clock: systemClock, timers, random: systemRandom };
}
