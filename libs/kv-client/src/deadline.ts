import type { ClientPlatform } from '@mesh/api-client';
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
  const onAbort = () => abort.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const cancel =
    options.timeoutMs === undefined
      ? () => {}
      : platform.after(options.timeoutMs, () => {
          over = true;
          abort.abort();
        });
  return {
    signal: abort.signal,
    isOver: () => over && options.signal?.aborted !== true,
    dispose() {
      cancel();
      options.signal?.removeEventListener('abort', onAbort);
    },
  };
}
