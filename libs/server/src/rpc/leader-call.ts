import { MeshError, type Timers } from '@mesh/base';
import type { CallClient } from '@mesh/rpc';
import type { Era } from './leader-watch.ts';
import { hasCode, openAnswer } from './wire.ts';

/** Longest that a leader may take to answer, milliseconds. */
const ANSWER_MS = 30_000;
/** How long an answer may still come once another leader is known, milliseconds. */
const GRACE_MS = 1000;

/** Thrown where a request reached a leader, and its fate is not known. */
function unknownOutcome(method: string, cause: unknown): MeshError {
  return new MeshError(
    'unknown-outcome',
    `rpc error making call: ${method}: the leader was lost before it answered; ` +
      'the write may or may not have been applied',
    { cause },
  );
}

/** The request certainly had no effect: it may be tried again. */
class NotReached extends MeshError {}

/** Whether a request certainly had no effect because no leader took it. */
export function isUntaken(thrown: unknown): boolean {
  return thrown instanceof NotReached || hasCode(thrown, 'no-leader');
}

/** Calls methods of the leader from a server that does not lead. */
export class LeaderCalls {
  private readonly calls: CallClient;
  private readonly timers: Timers;

  constructor(calls: CallClient, timers: Timers) {
    this.calls = calls;
    this.timers = timers;
  }

  /**
   * Asks the leader of an era. Rejects with what the endpoint threw; with an error for which
   * `isUntaken` holds when the leader certainly did nothing; with `unknown-outcome` when it was lost.
   */
  async call(era: Era, method: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const abort = new AbortController();
    const onAbort = () => abort.abort();
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    let grace: { cancel(): void } | undefined;
    // A deposed leader tells its waiting clients within moments, if it still can.
    const unsubscribe = era.onEnd(() => {
      grace = this.timers.after(GRACE_MS, onAbort);
    });
    let answer: unknown;
    try {
      const settings = { timeoutMs: ANSWER_MS, signal: abort.signal };
      answer = await this.calls.call(era.leaderAddress, method, body, settings);
    } catch (thrown) {
      if (hasCode(thrown, 'unavailable')) {
        throw new NotReached('no-leader', 'No cluster leader', { cause: thrown });
      }
      const isGivenUp = hasCode(thrown, 'cancelled') && !signal?.aborted;
      if (isGivenUp || hasCode(thrown, 'unknown-outcome')) throw unknownOutcome(method, thrown);
      throw thrown;
    } finally {
      unsubscribe();
      grace?.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
    return openAnswer(answer);
  }
}
