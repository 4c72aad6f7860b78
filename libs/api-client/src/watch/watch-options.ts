import type { ApiError } from '../errors.ts';

/** How to follow a query. */
export interface WatchOptions {
  /** Ends the watch: the iteration is over, without an error. */
  readonly signal?: AbortSignal;
  /** Longest wait of one blocking query, where those are used. @default 300000 */
  readonly waitMs?: number;
  /** Answers a second at most, on average; changes in between are left out. @default 10 */
  readonly maxPerSecond?: number;
  /** Told of each failure that the watch gets over by asking again. */
  readonly onRetry?: (error: ApiError, retryMs: number) => void;
  /** Begin after this index: the first answer comes with the next change. @default 0 */
  readonly index?: number;
}
