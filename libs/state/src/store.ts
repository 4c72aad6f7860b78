import { assert } from '@mesh/base';
import { ReadSet } from './dependencies.ts';
import { type DumpRecord, dumpState } from './dump.ts';
import { Layout, type TableSlot } from './layout.ts';
import { StateRestore } from './restore.ts';
import type { Table } from './schema.ts';
import { emptyState, type State } from './state.ts';
import { TableView } from './table-view.ts';
import { TrackingTableView } from './tracking-table-view.ts';
import { Transaction } from './transaction.ts';
import type {
  CommittableTxn,
  Dependencies,
  DumpOptions,
  Restore,
  RestoreOptions,
  StateStore,
  StateView,
  TrackingView,
  Watch,
  WriteTxn,
} from './view.ts';
import { WatchRegistry } from './watches.ts';

/** An empty store of these tables. A table of any other store is refused by an assert. */
// biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed rows
export function createStateStore(tables: readonly Table<any>[]): StateStore {
  return new TreeStore(new Layout(tables));
}

/** A view that can be dumped: it keeps the whole state it was made from. */
class PublishedView extends TableView {
  readonly state: State;

  constructor(layout: Layout, state: State) {
    super(layout, state.index, state.trees);
    this.state = state;
  }
}

class TreeStore implements StateStore {
  private readonly layout: Layout;
  private readonly watches = new WatchRegistry();
  private state: State;
  private current: PublishedView;
  private writer: Transaction | undefined;

  constructor(layout: Layout) {
    this.layout = layout;
    this.state = emptyState(layout.treeCount);
    this.current = new PublishedView(layout, this.state);
  }

  get watchCount(): number {
    return this.watches.count;
  }

  view(): StateView {
    return this.current;
  }

  trackingView(): TrackingView {
    return new TrackingTableView(this.layout, this.state);
  }

  watch(dependencies: Dependencies, onChange: () => void): Watch {
    return this.watches.add(readSetOf(dependencies), this.state, onChange);
  }

  changed(dependencies: Dependencies): boolean {
    return readSetOf(dependencies).changedIn(this.state);
  }

  write(index: number): CommittableTxn {
    assert(!this.writer, 'one transaction is open at a time');
    assert(index > this.state.index, `index ${index} exceeds ${this.state.index}`);
    const txn = new Transaction(this.layout, index, this.state, {
      commit: (next, touched) => {
        this.writer = undefined;
        this.publish(next);
        this.watches.fireTouched(touched);
      },
      abort: () => {
        this.writer = undefined;
      },
    });
    this.writer = txn;
    return txn;
  }

  reapTombstones(txn: WriteTxn, index: number): void {
    assert(txn === this.writer, 'tombstones are reaped in the open transaction');
    this.writer.reap(index);
  }

  dump(view: StateView, { without = [] }: DumpOptions = {}): Iterable<DumpRecord> {
    assert(view instanceof PublishedView, 'what is dumped is a view() of this store');
    const { state } = view;
    const omitted = this.slotsOf(without);
    return { [Symbol.iterator]: () => dumpState(this.layout, state, omitted) };
  }

  restore({ without = [], checkOnly = false }: RestoreOptions = {}): Restore {
    return new StateRestore(this.layout, this.slotsOf(without), checkOnly, (restored) => {
      assert(!this.writer, 'no transaction is open when a restore finishes');
      this.publish({ ...restored, generation: this.state.generation + 1 });
      this.watches.fireEverything();
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed rows
  private slotsOf(tables: readonly Table<any>[]): ReadonlySet<TableSlot> {
    return new Set(tables.map((table) => this.layout.slotOf(table)));
  }

  private publish(state: State): void {
    this.state = state;
    this.current = new PublishedView(this.layout, state);
  }
}

function readSetOf(dependencies: Dependencies): ReadSet {
  assert(dependencies instanceof ReadSet, 'dependencies come from a tracking view');
  return dependencies;
}
