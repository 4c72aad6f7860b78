import type { Dependency, ReadSet } from './dependencies.ts';
import type { State } from './state.ts';
import type { Watch } from './view.ts';

/** Keys of one tree that somebody waits for, exactly or by prefix. */
interface Interests {
  readonly exact: Map<string, Set<ParkedWatch>>;
  readonly prefixes: Map<string, Set<ParkedWatch>>;
  /** How many watched prefixes there are of each length: a touched key is cut at these alone. */
  readonly prefixLengths: Map<number, number>;
}

/** A change of one key of one tree, in parallel arrays: a put of one row should cost no objects. */
export interface Touched {
  readonly trees: number[];
  readonly keys: string[];
}

/** All watches of a store. A touched key costs a look-up, whatever else is being watched. */
export class WatchRegistry {
  private readonly byTree: (Interests | undefined)[] = [];
  private readonly all = new Set<ParkedWatch>();

  get count(): number {
    return this.all.size;
  }

  /** Parks a watch, or calls back at once when something has changed already. */
  add(readSet: ReadSet, state: State, onChange: () => void): Watch {
    const watch = new ParkedWatch(this, readSet, onChange);
    if (readSet.changedIn(state)) {
      watch.fire();
      return watch;
    }
    this.all.add(watch);
    for (const dependency of readSet.entries) this.link(dependency, watch);
    return watch;
  }

  /** Fires each watch that waits for any of the touched keys. */
  fireTouched({ trees, keys }: Touched): void {
    if (this.all.size === 0) return;
    const due = new Set<ParkedWatch>();
    for (let i = 0; i < trees.length; i++) {
      const interests = this.byTree[trees[i]!];
      if (interests) collect(interests, keys[i]!, due);
    }
    fireAll(due);
  }

  fireEverything(): void {
    fireAll(new Set(this.all));
  }

  /** Called by a watch that has fired or was cancelled. */
  remove(watch: ParkedWatch): void {
    if (!this.all.delete(watch)) return;
    for (const dependency of watch.readSet.entries) this.unlink(dependency, watch);
  }

  private link({ tree, match, key }: Dependency, watch: ParkedWatch): void {
    let interests = this.byTree[tree];
    if (!interests) {
      interests = { exact: new Map(), prefixes: new Map(), prefixLengths: new Map() };
      this.byTree[tree] = interests;
    }
    const map = match === 'prefix' ? interests.prefixes : interests.exact;
    const parked = map.get(key);
    if (parked) {
      parked.add(watch);
      return;
    }
    map.set(key, new Set([watch]));
    if (match !== 'prefix') return;
    const { prefixLengths } = interests;
    prefixLengths.set(key.length, (prefixLengths.get(key.length) ?? 0) + 1);
  }

  private unlink({ tree, match, key }: Dependency, watch: ParkedWatch): void {
    const interests = this.byTree[tree]!;
    const map = match === 'prefix' ? interests.prefixes : interests.exact;
    const parked = map.get(key);
    if (!parked) return;
    parked.delete(watch);
    if (parked.size > 0) return;
    map.delete(key);
    if (match !== 'prefix') return;
    const { prefixLengths } = interests;
    const left = prefixLengths.get(key.length)! - 1;
    if (left > 0) prefixLengths.set(key.length, left);
    else prefixLengths.delete(key.length);
  }
}

function collect(interests: Interests, key: string, due: Set<ParkedWatch>): void {
  const exact = interests.exact.get(key);
  if (exact) for (const watch of exact) due.add(watch);
  for (const length of interests.prefixLengths.keys()) {
    if (length > key.length) continue;
    const parked = interests.prefixes.get(key.slice(0, length));
    if (parked) for (const watch of parked) due.add(watch);
  }
}

/** Fires all, even when a callback throws; then throws the first failure. */
function fireAll(due: ReadonlySet<ParkedWatch>): void {
  let failed = false;
  let failure: unknown;
  for (const watch of due) {
    try {
      watch.fire();
    } catch (thrown) {
      if (!failed) failure = thrown;
      failed = true;
    }
  }
  if (failed) throw failure;
}

/** A watch that is waiting, has fired or was cancelled; the last two keep nothing in memory. */
class ParkedWatch implements Watch {
  fired = false;
  readonly readSet: ReadSet;
  private readonly registry: WatchRegistry;
  private onChange: (() => void) | undefined;

  constructor(registry: WatchRegistry, readSet: ReadSet, onChange: () => void) {
    this.registry = registry;
    this.readSet = readSet;
    this.onChange = onChange;
  }

  fire(): void {
    const { onChange } = this;
    if (!onChange) return;
    this.onChange = undefined;
    this.fired = true;
    this.registry.remove(this);
    onChange();
  }

  cancel(): void {
    if (!this.onChange) return;
    this.onChange = undefined;
    this.registry.remove(this);
  }
}
