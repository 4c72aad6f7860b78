import { ApiError } from '../errors.ts';
import type { Answer } from '../options.ts';
import type { ClientPlatform } from '../platform.ts';
import type { Read } from '../read.ts';
import { type LiveConnection, LiveUnavailable } from './live-connection.ts';
import { RateLimit } from './rate-limit.ts';
import type { WatchOptions } from './watch-options.ts';

export interface WatchParts {
  readonly platform: ClientPlatform;
  /** Undefined where there is no WebSocket. */
  readonly live: LiveConnection | undefined;
  /** Datacenter of queries that name none. */
  readonly datacenter: string | undefined;
}

const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 30_000;

/**
 * Follows a query: yields its answer, then again after each change. Uses the WebSocket where the agent has
 * one, else blocking queries. Failures that may pass are retried without end; others are thrown.
 */
export async function* watch<T>(
  read: Read<T>,
  options: WatchOptions,
  parts: WatchParts,
): AsyncGenerator<Answer<T>, void, undefined> {
  const signal = options.signal ?? new AbortController().signal;
  const rate = new RateLimit(options.maxPerSecond ?? 10, parts.platform);
  const state = { index: options.index ?? 0, failures: 0 };
  while (!signal.aborted) {
    try {
      const live = isPlain(read) && parts.live?.isUsable(read.path) ? parts.live : undefined;
      const answers = live
        ? live.subscribe(read, state.index, parts.datacenter, signal)
        : blockingQueries(read, state, options, signal);
      for await (const answer of answers) {
        state.failures = 0;
        state.index = answer.index;
        yield answer;
        await rate.take(signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LiveUnavailable) continue;
      if (!(error instanceof ApiError) || !error.retryable) throw error;
      state.failures++;
      const retryMs = backoffMs(state.failures, parts.platform.random());
      options.onRetry?.(error, retryMs);
      try {
        await parts.platform.sleep(retryMs, signal);
      } catch {
        return;
      }
    }
  }
}

/** Asks again and again; ends only by an error or the signal. */
async function* blockingQueries<T>(
  read: Read<T>,
  state: { readonly index: number },
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Answer<T>, void, undefined> {
  let index = state.index;
  let seen = state.index;
  while (!signal.aborted) {
    const wait = options.waitMs === undefined ? {} : { waitMs: options.waitMs };
    const answer = await read.once({ index, ...wait, signal, retries: 0 });
    if (answer.index === 0) {
      throw new ApiError(`GET ${read.path} cannot be watched: its answer has no index`);
    }
    // An index that goes back is of a restored or of another cluster: everything counts anew.
    index = answer.index < index ? 0 : answer.index;
    if (answer.index === seen) continue;
    seen = answer.index;
    yield answer;
  }
}

/** Tokens and datacenters of a single call do not fit on a connection that all watches share. */
function isPlain(read: Read<unknown>): boolean {
  return read.options.token === undefined;
}

function backoffMs(failures: number, random: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS) * (0.5 + random / 2);
}
