import { MeshError, type Platform } from '@mesh/base';
import { type ReadContext, type ReadEndpoint, type ReadOptions, readGuarded } from '@mesh/resource';
import type { Dependencies, StateStore, StateView } from '@mesh/state';
import type { WakeQueue } from './wake-queue.ts';

export interface BlockingOptions {
  readonly defaultWaitMs: number;
  readonly maxWaitMs: number;
}

export interface QueryResult<R> {
  readonly value: R;
  readonly dependencies: Dependencies;
}

/** The circumstances of a read at the moment of its evaluation: who may see what may change meanwhile. */
export type ContextOf = (view: StateView) => ReadContext;

/**
 * Runs reads over the state store and parks those that wait for a change. A parked query costs one watch
 * and one entry of the shared timer heap; only a change of what it read wakes it.
 */
export class BlockingQueries {
  private parked = 0;
  private readonly store: StateStore;
  private readonly platform: Platform;
  private readonly wakes: WakeQueue;
  private readonly limits: BlockingOptions;

  constructor(store: StateStore, platform: Platform, wakes: WakeQueue, limits: BlockingOptions) {
    this.store = store;
    this.platform = platform;
    this.wakes = wakes;
    this.limits = limits;
  }

  /** Queries waiting for a change right now. */
  get parkedCount(): number {
    return this.parked;
  }

  /** Evaluates once. */
  evaluate<A, R>(endpoint: ReadEndpoint<A, R>, args: A, contextOf: ContextOf): QueryResult<R> {
    const view = this.store.trackingView();
    const value = readGuarded(endpoint, view, args, contextOf(this.store.view()));
    return { value, dependencies: view.dependencies() };
  }

  /**
   * Evaluates until the result's index exceeds options.minIndex or the wait is over; then answers with
   * what there is. Rejects with `cancelled` when the caller's signal aborts.
   */
  async run<A, R>(
    endpoint: ReadEndpoint<A, R>,
    args: A,
    contextOf: ContextOf,
    options: ReadOptions,
    verify: () => Promise<void> | undefined,
  ): Promise<QueryResult<R>> {
    let result = this.evaluate(endpoint, args, contextOf);
    if (options.minIndex <= 0) return result;
    const deadlineMs = this.platform.clock.monotonicMs() + this.waitMs(options.maxWaitMs);
    while (result.dependencies.index <= options.minIndex) {
      const outcome = await this.park(result.dependencies, deadlineMs, options.signal);
      if (outcome === 'cancelled') throw new MeshError('cancelled', 'the client went away');
      const verified = verify();
      if (verified) await verified;
      result = this.evaluate(endpoint, args, contextOf);
      if (outcome === 'timeout') break;
    }
    return result;
  }

  /** The wait with jitter of up to a sixteenth, so that herds of clients spread out (as the original). */
  private waitMs(requestedMs: number): number {
    const { defaultWaitMs, maxWaitMs } = this.limits;
    const waitMs = Math.min(requestedMs > 0 ? requestedMs : defaultWaitMs, maxWaitMs);
    return waitMs + this.platform.random.float() * (waitMs / 16);
  }

  private park(
    dependencies: Dependencies,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<'changed' | 'timeout' | 'cancelled'> {
    if (signal?.aborted) return Promise.resolve('cancelled');
    return new Promise((resolve) => {
      let done = false;
      const finish = (outcome: 'changed' | 'timeout' | 'cancelled') => {
        if (done) return;
        done = true;
        this.parked--;
        watch?.cancel();
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      const onAbort = () => finish('cancelled');
      this.parked++;
      const remainingMs = Math.max(0, deadlineMs - this.platform.clock.monotonicMs());
      const timer = this.platform.timers.after(remainingMs, () => finish('timeout'));
      signal?.addEventListener('abort', onAbort, { once: true });
      const watch = this.store.watch(dependencies, () => {
        this.wakes.push(() => finish('changed'));
      });
    });
  }
}
