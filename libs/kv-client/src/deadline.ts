import { type ClientPlatform, onAbort } from '@mesh/api-client';
import type { AcquireOptions } from './lock-options.ts';

/** A signal that fires with the caller's, or when his time is over. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** True when the time is over, rather than the caller's signal fired. */
  isOver(): boolean;
  /** Frees the timer. */
  dispose(): void;
}

/** Joins a signal and a time limit. */
export function deadline(options: AcquireOptions, platform: ClientPlatform): Deadline {
  const abort = new AbortController();
  let over = false;
  const { signal } = options;
  const ignore = signal && onAbort(signal, () => abort.abort(signal.reason));
  const cancel =
    options.timeoutMs === undefined
      ? () => {}
      : platform.after(options.timeoutMs, () => {
          over = true;
          abort.abort();
        });
  return {
    signal: abort.signal,
    isOver: () => over && signal?.aborted !== true,
    dispose() {
      cancel();
      ignore?.();
    },
  };
}
