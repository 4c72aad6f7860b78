import type { Freshness } from '@mesh/resource';
import type { Dependencies, StateStore, Watch } from '@mesh/state';

/** Freshness of a result by watching what it was read from. Costs nothing until somebody subscribes. */
export class WatchedFreshness implements Freshness {
  private stale = false;
  private watch: Watch | undefined;
  private readonly callbacks = new Set<() => void>();
  private readonly store: StateStore;
  private readonly dependencies: Dependencies;
  private readonly mayServe: () => boolean;

  /** `mayServe` tells whether this server may still answer such a read at all: a deposed leader may not. */
  constructor(store: StateStore, dependencies: Dependencies, mayServe: () => boolean) {
    this.store = store;
    this.dependencies = dependencies;
    this.mayServe = mayServe;
  }

  isFresh(): boolean {
    if (this.stale || !this.mayServe()) return false;
    // Without a subscriber no watch stands: the indexes themselves tell.
    if (!this.watch && this.store.changed(this.dependencies)) this.stale = true;
    return !this.stale;
  }

  onStale(callback: () => void): () => void {
    if (this.stale) {
      callback();
      return () => {};
    }
    this.callbacks.add(callback);
    this.watch ??= this.store.watch(this.dependencies, () => this.expire());
    return () => {
      this.callbacks.delete(callback);
      if (this.callbacks.size > 0) return;
      this.watch?.cancel();
      this.watch = undefined;
    };
  }

  private expire(): void {
    this.stale = true;
    this.watch = undefined;
    const callbacks = [...this.callbacks];
    this.callbacks.clear();
    for (const callback of callbacks) callback();
  }
}
