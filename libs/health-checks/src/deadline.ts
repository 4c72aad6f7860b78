import type { Timers } from '@mesh/base';

/** How long one run of a probe may take. */
export interface Deadline {
  /** Aborts when the time is over or the check is stopped. */
  readonly signal: AbortSignal;
  /** True when it was the time that ended the run. */
  isLate(): boolean;
}

/** Runs something for `limitMs` at most, or until `stopped` aborts; cleans up after it in either case. */
export async function withDeadline<T>(
  timers: Timers,
  limitMs: number,
  stopped: AbortSignal,
  run: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let late = false;
  const timer = timers.after(limitMs, () => {
    late = true;
    abort.abort();
  });
  const stop = () => abort.abort();
  stopped.addEventListener('abort', stop, { once: true });
  if (stopped.aborted) stop();
  try {
    return await run({ signal: abort.signal, isLate: () => late });
  } finally {
    timer.cancel();
    stopped.removeEventListener('abort', stop);
  }
}
