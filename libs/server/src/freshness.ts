import type { Freshness } from '@mesh/resource';
import type { Dependencies, StateStore, Watch } from '@mesh/state';

/** For how long a server may answer in the way it has: until leadership changes. */
export interface Tenure {
  readonly ended: boolean;
  /** Calls back once when it ends (at once if it has). Returns an unsubscriber. */
  onEnd(callback: () => void): () => void;
}

/** Freshness of a result by watching what it was read from. Costs nothing until somebody subscribes. */
export class WatchedFreshness implements Freshness {
  private stale = false;
  private watch: Watch | undefined;
  private unsubscribe: (() => void) | undefined;
  private readonly callbacks = new Set<() => void>();
  private readonly store: StateStore;
  private readonly dependencies: Dependencies;
  private readonly tenure: Tenure;
  private readonly mayServe: () => boolean;

  /**
   * `mayServe` tells whether this server may answer such a read right now: a leader without its
   * lease may not, even while its tenure lasts.
   */
  constructor(
    store: StateStore,
    dependencies: Dependencies,
    tenure: Tenure,
    mayServe: () => boolean,
  ) {
    this.store = store;
    this.dependencies = dependencies;
    this.tenure = tenure;
    this.mayServe = mayServe;
  }

  isFresh(): boolean {
    if (this.stale || this.tenure.ended || !this.mayServe()) return false;
    // Without a subscriber no watch stands: the indexes themselves tell.
    if (!this.watch && this.store.changed(this.dependencies)) this.stale = true;
    return !this.stale;
  }

  onStale(callback: () => void): () => void {
    if (this.stale || this.tenure.ended) {
      callback();
      return () => {};
    }
    this.callbacks.add(callback);
    if (!this.watch) this.subscribe();
    return () => {
      this.callbacks.delete(callback);
      if (this.callbacks.size === 0) this.release();
    };
  }

  private subscribe(): void {
    this.unsubscribe = this.tenure.onEnd(() => this.expire());
    const watch = this.store.watch(this.dependencies, () => this.expire());
    if (!this.stale) this.watch = watch;
  }

  private release(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.watch?.cancel();
    this.watch = undefined;
  }

  private expire(): void {
    if (this.stale) return;
    this.stale = true;
    this.release();
    const callbacks = [...this.callbacks];
    this.callbacks.clear();
    for (const callback of callbacks) callback();
  }
}
