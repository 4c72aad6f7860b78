import { assert, invalid, MeshError } from '@mesh/base';
import type { DumpHeader, DumpRecord, DumpRow, DumpTable, DumpTombstone } from './dump.ts';
import type { Layout, TableSlot } from './layout.ts';
import type { State } from './state.ts';
import { TreeEditor } from './tree-edit.ts';
import type { Entry, Tree } from './tree-node.ts';
import type { FinishOptions, Restore } from './view.ts';

/**
 * Highest log index that a dump may claim: as many again are left for what comes after it, within the
 * integers that a number holds.
 */
const HIGHEST_INDEX = 2 ** 52;

/** Builds a state from the records of a dump, beside the one in use. */
export class StateRestore implements Restore {
  private readonly layout: Layout;
  private readonly without: ReadonlySet<TableSlot>;
  private readonly checkOnly: boolean;
  private readonly publish: (state: Omit<State, 'generation'>) => void;
  private readonly editor = new TreeEditor();
  private readonly trees: Tree[];
  private readonly reapFloors: number[];
  private readonly seen = new Set<TableSlot>();
  private header: Required<DumpHeader> | undefined;
  private slot: TableSlot | undefined;
  private records = 0;
  private complete = false;
  private published = false;

  constructor(
    layout: Layout,
    without: ReadonlySet<TableSlot>,
    checkOnly: boolean,
    publish: (state: Omit<State, 'generation'>) => void,
  ) {
    this.layout = layout;
    this.without = without;
    this.checkOnly = checkOnly;
    this.publish = publish;
    this.trees = new Array<Tree>(layout.treeCount).fill(undefined);
    this.reapFloors = new Array<number>(layout.treeCount).fill(0);
  }

  get index(): number | undefined {
    return this.header?.index;
  }

  add(record: DumpRecord): void {
    if (this.complete) throw invalid('snapshot: a record follows the end record');
    if (record.kind === 'header') {
      if (this.header) throw invalid('snapshot: a second header');
      const index = checkIndex(record.index, 'index');
      const indexFloor = checkIndex(record.indexFloor ?? 0, 'indexFloor', index);
      this.header = { kind: 'header', index, indexFloor };
    } else {
      if (!this.header) throw invalid('snapshot: does not begin with a header');
      this.addBody(record, this.header.index);
    }
    this.records++;
  }

  requireComplete(): void {
    if (this.complete) return;
    throw invalid(`snapshot: ends after ${this.records} records without an end record`);
  }

  finish({ index }: FinishOptions = {}): void {
    assert(!this.published && !this.checkOnly, 'a restore is finished once');
    this.requireComplete();
    const { trees, reapFloors } = this;
    const header = this.header!;
    assert(index === undefined || index > header.index, 'a restore takes place after its dump');
    this.published = true;
    this.publish({
      index: index ?? header.index,
      trees,
      reapFloors,
      indexFloor: index ?? header.indexFloor,
    });
  }

  private addBody(record: Exclude<DumpRecord, DumpHeader>, index: number): void {
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
    if (!slot || this.without.has(slot)) {
      const slots = this.layout.slots.filter((known) => !this.without.has(known));
      const known = slots.map(({ schema }) => schema.name).join(', ');
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
    const { name } = slot.schema;
    try {
      this.addKeyed(slot, row, change);
    } catch (thrown) {
      if (thrown instanceof MeshError) throw thrown;
      // A row may be anything: what the making of its keys trips over is the row's fault.
      throw invalid(`snapshot: a row of ${name} does not fit: ${String(thrown)}`);
    }
  }

  private addKeyed({ schema, primary, indexes }: TableSlot, row: object, change: number): void {
    const id = schema.id(row);
    if (typeof id !== 'string') throw invalid(`snapshot: a row of ${schema.name} has no id`);
    if (this.set(primary, { key: id, id: '', row, change })) {
      throw invalid(`snapshot: ${schema.name} has "${id}" twice`);
    }
    for (const { tree, keysOf } of indexes) {
      for (const key of keysOf(row)) {
        if (typeof key !== 'string') {
          throw invalid(`snapshot: a row of ${schema.name} has an unfit key`);
        }
        this.set(tree, { key, id, row, change });
      }
    }
  }

  private addTombstone(record: DumpTombstone, slot: TableSlot, index: number): void {
    const { id, change } = record;
    checkIndex(change, 'change', index);
    if (typeof id !== 'string') throw invalid('snapshot: a tombstone has no id');
    let tree: number | undefined = slot.primary;
    let position = { key: id, id: '' };
    if (record.index !== undefined) {
      if (typeof record.key !== 'string') throw invalid('snapshot: an index tombstone has no key');
      // An index that no longer exists needs no tombstones.
      tree = slot.indexes.find(({ name }) => name === record.index)?.tree;
      position = { key: record.key, id };
    }
    if (tree === undefined) return;
    if (this.set(tree, { ...position, row: undefined, change })) {
      throw invalid(`snapshot: ${slot.schema.name} has "${id}" both there and gone`);
    }
  }

  /** True when something was at this position. */
  private set(tree: number, entry: Entry): boolean {
    if (this.checkOnly) return false;
    this.trees[tree] = this.editor.upsert(this.trees[tree], entry);
    return this.editor.previous !== undefined;
  }

  private currentTable(kind: string): TableSlot {
    if (!this.slot) throw invalid(`snapshot: a ${kind} record before the first table`);
    return this.slot;
  }
}

/** Accepts a log index from 0 to `highest`. */
function checkIndex(value: number, name: string, highest = HIGHEST_INDEX): number {
  if (!Number.isSafeInteger(value) || value < 0 || value > highest) {
    throw invalid(`snapshot: ${name} ${String(value)} is no log index up to ${highest}`);
  }
  return value;
}
