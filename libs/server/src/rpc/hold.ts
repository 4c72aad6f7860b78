import { type Clock, MeshError, type Random, type Timers } from '@mesh/base';
import type { Era, LeaderWatch } from './leader-watch.ts';

/** First pause before a leader that did not take a request is asked again, milliseconds. */
const FIRST_PAUSE_MS = 25;
/** Longest such pause, milliseconds: a dead leader is known for as long as an election takes. */
const LONGEST_PAUSE_MS = 400;

export interface HoldOptions {
  readonly watch: LeaderWatch;
  readonly platform: {
    readonly clock: Clock;
    readonly timers: Timers;
    readonly random: Pick<Random, 'float'>;
  };
  /** How long a request waits for a leader, milliseconds (performance.rpc_hold_timeout). */
  readonly timeoutMs: number;
}

/** Thrown where a request found no leader within the hold time. */
export function noLeader(): MeshError {
  return new MeshError('no-leader', 'No cluster leader');
}

/** Holds requests over an election instead of failing them. */
export class Hold {
  private readonly options: HoldOptions;

  constructor(options: HoldOptions) {
    this.options = options;
  }

  /**
   * Runs `attempt` until it does not reject with one of `again`; pauses in between until leadership
   * changes. Rejects with `no-leader` when the hold time is over, with `cancelled` when `signal`
   * aborts in a pause.
   */
  async run<T>(
    attempt: (era: Era) => Promise<T>,
    again: (error: unknown) => boolean,
    signal?: AbortSignal,
  ): Promise<T> {
    const { watch, platform, timeoutMs } = this.options;
    // Jitter, so that what was held back together does not fail together (as the original).
    const holdMs = timeoutMs + platform.random.float() * (timeoutMs / 16);
    const deadlineMs = platform.clock.monotonicMs() + holdMs;
    for (let round = 0; ; round++) {
      const { era } = watch;
      try {
        return await attempt(era);
      } catch (thrown) {
        if (!again(thrown)) throw thrown;
      }
      await this.pause(era, round, deadlineMs, signal);
    }
  }

  /** Until the era is over; where it has a leader, not much longer than an attempt takes. */
  private pause(
    era: Era,
    round: number,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { clock, timers, random } = this.options.platform;
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) return Promise.reject(noLeader());
    const backoffMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** round);
    const isKnown = era.leaderId !== '';
    const pauseMs = isKnown ? Math.min(leftMs, backoffMs * (0.5 + random.float())) : leftMs;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        timer.cancel();
        unsubscribe();
        signal?.removeEventListener('abort', onAbort);
        settle();
      };
      const onAbort = () =>
        finish(() => reject(new MeshError('cancelled', 'the client went away')));
      let unsubscribe = () => {};
      const timer = timers.after(pauseMs, () =>
        finish(() => (pauseMs >= leftMs ? reject(noLeader()) : resolve())),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      else unsubscribe = era.onEnd(() => finish(resolve));
    });
  }
}
