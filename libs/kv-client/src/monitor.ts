import { ApiError, type ClientPlatform, type KvPair, type Read } from '@mesh/api-client';
import { LockError } from './errors.ts';

const RETRY_MS = 1000;
/** Wait of each blocking query: a lost connection is noticed no later. */
const WAIT_MS = 30_000;

/**
 * Follows keys with consistent reads until `stillHeld` says no. Resolves with why it counts as lost, or
 * undefined when the signal fires.
 */
export async function monitor<T extends KvPair | undefined | readonly KvPair[]>(
  read: Read<T>,
  stillHeld: (data: T) => boolean,
  options: {
    readonly retries: number;
    readonly platform: ClientPlatform;
    readonly signal: AbortSignal;
  },
): Promise<LockError | undefined> {
  const { platform, signal } = options;
  let index = 0;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const answer = await read.once({ index, waitMs: WAIT_MS, signal, retries: 0 });
      failures = 0;
      index = answer.index < index ? 0 : answer.index;
      if (!stillHeld(answer.data)) return new LockError('lost', 'somebody else has taken it');
    } catch (error) {
      if (signal.aborted) return undefined;
      const retryable = error instanceof ApiError && error.retryable;
      if (!retryable || failures++ >= options.retries) {
        const cause = { cause: error };
        return new LockError('lost', 'nobody can tell whether it is still held', cause);
      }
      await platform.sleep(RETRY_MS, signal).catch(() => {});
    }
  }
  return undefined;
}
