import { ReadRecorder } from './dependencies.ts';
import type { Layout } from './layout.ts';
import type { Table } from './schema.ts';
import type { State } from './state.ts';
import { TableView } from './table-view.ts';
import { findEntry } from './tree-read.ts';
import type { Dependencies, TrackingView } from './view.ts';

/**
 * A view that remembers every read. Reads count when they are asked for, however little is
 * consumed.
 */
export class TrackingTableView extends TableView implements TrackingView {
  private readonly reapFloors: readonly number[];
  private readonly recorder: ReadRecorder;

  constructor(layout: Layout, state: State) {
    super(layout, state.index, state.trees);
    this.reapFloors = state.reapFloors;
    this.recorder = new ReadRecorder(state);
  }

  override get<R extends object>(table: Table<R>, id: string): R | undefined {
    const tree = this.layout.slotOf(table).primary;
    const entry = findEntry(this.trees[tree], id, '');
    // A row or tombstone that is there is newer than any that was reaped at this key.
    this.recorder.recordRow(tree, id, entry ? entry.change : this.reapFloors[tree]!);
    return entry?.row as R | undefined;
  }

  override getBy<R extends object>(table: Table<R>, indexName: string, key: string): readonly R[] {
    this.recorder.record(this.layout.indexTree(table, indexName), 'key', key);
    return super.getBy(table, indexName, key);
  }

  override prefix<R extends object>(table: Table<R>, prefix: string): Iterable<R> {
    this.recorder.record(this.layout.slotOf(table).primary, 'prefix', prefix);
    return super.prefix(table, prefix);
  }

  override prefixBy<R extends object>(
    table: Table<R>,
    indexName: string,
    prefix: string,
  ): Iterable<R> {
    this.recorder.record(this.layout.indexTree(table, indexName), 'prefix', prefix);
    return super.prefixBy(table, indexName, prefix);
  }

  override keysOf<R extends object>(
    table: Table<R>,
    indexName: string,
    prefix = '',
  ): Iterable<string> {
    this.recorder.record(this.layout.indexTree(table, indexName), 'prefix', prefix);
    return super.keysOf(table, indexName, prefix);
  }

  override count<R extends object>(table: Table<R>): number {
    this.recorder.record(this.layout.slotOf(table).primary, 'prefix', '');
    return super.count(table);
  }

  dependencies(): Dependencies {
    return this.recorder.finish();
  }
}
