import { assert, invalid } from '@mesh/base';
import type { DumpRecord, DumpRow, DumpTable, DumpTombstone } from './dump.ts';
import type { Layout, TableSlot } from './layout.ts';
import type { State } from './state.ts';
import { TreeEditor } from './tree-edit.ts';
import type { Tree } from './tree-node.ts';
import type { Restore } from './view.ts';

/** Builds a state from the records of a dump, beside the one in use. */
export class StateRestore implements Restore {
  private readonly layout: Layout;
  private readonly publish: (state: Omit<State, 'generation'>) => void;
  private readonly editor = new TreeEditor();
  private readonly trees: Tree[];
  private readonly reapFloors: number[];
  private readonly seen = new Set<TableSlot>();
  private index: number | undefined;
  private slot: TableSlot | undefined;
  private records = 0;
  private complete = false;
  private published = false;

  constructor(layout: Layout, publish: (state: Omit<State, 'generation'>) => void) {
    this.layout = layout;
    this.publish = publish;
    this.trees = new Array<Tree>(layout.treeCount).fill(undefined);
    this.reapFloors = new Array<number>(layout.treeCount).fill(0);
  }

  add(record: DumpRecord): void {
    if (this.complete) throw invalid('snapshot: a record follows the end record');
    if (record.kind === 'header') {
      if (this.index !== undefined) throw invalid('snapshot: a second header');
      this.index = checkIndex(record.index, 'index');
    } else {
      if (this.index === undefined) throw invalid('snapshot: does not begin with a header');
      this.addBody(record, this.index);
    }
    this.records++;
  }

  finish(): void {
    assert(!this.published, 'a restore is finished once');
    if (!this.complete || this.index === undefined) {
      throw invalid(`snapshot: ends after ${this.records} records without an end record`);
    }
    this.published = true;
    this.publish({ index: this.index, trees: this.trees, reapFloors: this.reapFloors });
  }

  private addBody(record: Exclude<DumpRecord, { kind: 'header' }>, index: number): void {
    switch (record.kind) {
      case 'table':
        this.startTable(record, index);
        return;
      case 'row':
        this.addRow(record, this.currentTable('row'), index);
        return;
      case 'tombstone':
        this.addTombstone(record, this.currentTable('tombstone'), index);
        return;
      case 'end':
        if (record.records !== this.records) {
          throw invalid(`snapshot: ${this.records} records, its end says ${record.records}`);
        }
        this.complete = true;
        return;
      default:
        throw invalid(`snapshot: unknown record kind "${String((record as DumpRecord).kind)}"`);
    }
  }

  private startTable(record: DumpTable, index: number): void {
    const slot = this.layout.slotNamed(record.name);
    if (!slot) {
      const known = this.layout.slots.map(({ schema }) => schema.name).join(', ');
      throw invalid(`snapshot: unknown table "${record.name}"; known: ${known}`);
    }
    if (this.seen.has(slot)) throw invalid(`snapshot: table "${record.name}" twice`);
    this.seen.add(slot);
    this.slot = slot;
    this.reapFloors[slot.primary] = checkIndex(record.reapFloor, 'reapFloor', index);
    for (const { name, tree } of slot.indexes) {
      // An index that the writer of the dump did not have yet: nothing was reaped from it.
      this.reapFloors[tree] = checkIndex(record.indexReapFloors?.[name] ?? 0, 'reapFloor', index);
    }
  }

  private addRow({ row, change }: DumpRow, slot: TableSlot, index: number): void {
    if (typeof row !== 'object' || row === null) throw invalid('snapshot: a row is no object');
    checkIndex(change, 'change', index);
    const id = slot.schema.id(row);
    if (typeof id !== 'string') throw invalid(`snapshot: a row of ${slot.schema.name} has no id`);
    this.set(slot.primary, { key: id, id: '', row, change });
    for (const { tree, keysOf } of slot.indexes) {
      for (const key of keysOf(row)) this.set(tree, { key, id, row, change });
    }
  }

  private addTombstone(record: DumpTombstone, slot: TableSlot, index: number): void {
    const { id, change } = record;
    checkIndex(change, 'change', index);
    if (typeof id !== 'string') throw invalid('snapshot: a tombstone has no id');
    if (record.index === undefined) {
      this.set(slot.primary, { key: id, id: '', row: undefined, change });
      return;
    }
    if (typeof record.key !== 'string') throw invalid('snapshot: an index tombstone has no key');
    const secondary = slot.indexes.find(({ name }) => name === record.index);
    // An index that no longer exists needs no tombstones.
    if (secondary) this.set(secondary.tree, { key: record.key, id, row: undefined, change });
  }

  private set(tree: number, entry: Parameters<TreeEditor['upsert']>[1]): void {
    this.trees[tree] = this.editor.upsert(this.trees[tree], entry);
  }

  private currentTable(kind: string): TableSlot {
    if (!this.slot) throw invalid(`snapshot: a ${kind} record before the first table`);
    return this.slot;
  }
}

/** Accepts a log index from 0 to `highest`. */
function checkIndex(value: number, name: string, highest = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > highest) {
    throw invalid(`snapshot: ${name} ${String(value)} is no log index up to ${highest}`);
  }
  return value;
}
