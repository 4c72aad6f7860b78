import type { Freshness } from '@mesh/resource';
import type { Dependencies, StateStore, Watch } from '@mesh/state';

/** Freshness of a result by watching what it was read from. Costs nothing until somebody subscribes. */
export class WatchedFreshness implements Freshness {
  private stale = false;
  private watch: Watch | undefined;
  private readonly callbacks = new Set<() => void>();
  private readonly store: StateStore;
  private readonly dependencies: Dependencies;

  constructor(store: StateStore, dependencies: Dependencies) {
    this.store = store;
    this.dependencies = dependencies;
  }

  isFresh(): boolean {
    if (this.stale) return false;
    if (!this.watch) {
      // Nobody has subscribed: a watch that is dropped at once tells whether anything has changed.
      const probe = this.store.watch(this.dependencies, () => {
        this.stale = true;
      });
      probe.cancel();
    }
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
