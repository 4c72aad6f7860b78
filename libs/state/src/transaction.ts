import { assert } from '@mesh/base';
import type { IndexSlot, Layout, TableSlot } from './layout.ts';
import type { Table } from './schema.ts';
import type { State } from './state.ts';
import { TableView } from './table-view.ts';
import { TreeEditor } from './tree-edit.ts';
import type { Tree } from './tree-node.ts';
import { Cursor, findEntry } from './tree-read.ts';
import type { CommittableTxn } from './view.ts';
import type { Touched } from './watches.ts';

/** What a transaction tells its store when it ends. */
export interface TransactionEnd {
  commit(next: State, touched: Touched): void;
  abort(): void;
}

/** The one writer: changes copies of the roots, and shows them to nobody until commit. */
export class Transaction extends TableView implements CommittableTxn {
  declare protected readonly trees: Tree[];
  private readonly base: State;
  private readonly end: TransactionEnd;
  private readonly editor = new TreeEditor();
  private readonly touched: Touched = { trees: [], keys: [] };
  private reapFloors: readonly number[];
  private open = true;

  constructor(layout: Layout, index: number, base: State, end: TransactionEnd) {
    super(layout, index, base.trees.slice());
    this.base = base;
    this.end = end;
    this.reapFloors = base.reapFloors;
  }

  put<R extends object>(table: Table<R>, row: R): void {
    assert(this.open, 'put() comes before the end of the transaction');
    const slot = this.layout.slotOf(table);
    const id = slot.schema.id(row);
    this.set(slot.primary, id, '', row);
    const old = this.editor.previous?.row;
    for (const index of slot.indexes) this.reindex(index, id, old, row);
  }

  delete<R extends object>(table: Table<R>, id: string): boolean {
    assert(this.open, 'delete() comes before the end of the transaction');
    return this.deleteFrom(this.layout.slotOf(table), id);
  }

  deletePrefix<R extends object>(table: Table<R>, prefix: string): number {
    assert(this.open, 'deletePrefix() comes before the end of the transaction');
    const slot = this.layout.slotOf(table);
    const ids: string[] = [];
    const cursor = new Cursor(this.trees[slot.primary]);
    cursor.seek(prefix);
    for (let entry = cursor.next(); entry?.key.startsWith(prefix); entry = cursor.next()) {
      ids.push(entry.key);
    }
    for (const id of ids) this.deleteFrom(slot, id);
    return ids.length;
  }

  // What is still being walked must not change under the walker, so its nodes are no longer ours
  // to change.
  override prefix<R extends object>(table: Table<R>, prefix: string): Iterable<R> {
    this.editor.disown();
    return super.prefix(table, prefix);
  }

  override prefixBy<R extends object>(
    table: Table<R>,
    indexName: string,
    prefix: string,
  ): Iterable<R> {
    this.editor.disown();
    return super.prefixBy(table, indexName, prefix);
  }

  override keysOf<R extends object>(
    table: Table<R>,
    indexName: string,
    prefix = '',
  ): Iterable<string> {
    this.editor.disown();
    return super.keysOf(table, indexName, prefix);
  }

  /**
   * Drops tombstones up to a change index from every tree. Nobody is woken: what a read finds is
   * the same.
   */
  reap(upTo: number): void {
    assert(this.open, 'reaping comes before the end of the transaction');
    const floors = this.reapFloors.slice();
    for (let tree = 0; tree < this.trees.length; tree++) {
      this.trees[tree] = this.editor.reap(this.trees[tree], upTo, (change) => {
        if (change > floors[tree]!) floors[tree] = change;
      });
    }
    this.reapFloors = floors;
  }

  commit(): void {
    assert(this.open, 'a transaction is committed once');
    this.open = false;
    const { index, trees, reapFloors } = this;
    const { indexFloor, generation } = this.base;
    this.end.commit({ index, trees, reapFloors, indexFloor, generation }, this.touched);
  }

  abort(): void {
    if (!this.open) return;
    this.open = false;
    this.end.abort();
  }

  private deleteFrom(slot: TableSlot, id: string): boolean {
    const row = findEntry(this.trees[slot.primary], id, '')?.row;
    if (!row) return false;
    this.set(slot.primary, id, '', undefined);
    for (const index of slot.indexes) this.reindex(index, id, row, undefined);
    return true;
  }

  /**
   * Touches the keys of the old row and of the new one: those that only the old one has become
   * tombstones.
   */
  private reindex(index: IndexSlot, id: string, old: object | undefined, row?: object): void {
    const keys = row ? index.keysOf(row) : [];
    for (const key of keys) this.set(index.tree, key, id, row);
    if (!old) return;
    for (const key of index.keysOf(old)) {
      if (!keys.includes(key)) this.set(index.tree, key, id, undefined);
    }
  }

  private set(tree: number, key: string, id: string, row: object | undefined): void {
    this.trees[tree] = this.editor.upsert(this.trees[tree], { key, id, row, change: this.index });
    this.touched.trees.push(tree);
    this.touched.keys.push(key);
  }
}
