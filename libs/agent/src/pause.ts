import type { Platform } from '@mesh/base';

/** Resolves after a while, or at once when the signal aborts. */
export function pause(platform: Platform, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = platform.timers.after(delayMs, finish);
    function finish(): void {
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish, { once: true });
  });
}
