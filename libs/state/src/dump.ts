import type { Layout, TableSlot } from './layout.ts';
import type { State } from './state.ts';
import type { Entry, Tree } from './tree-node.ts';

/** First of all: as of which log index. */
export interface DumpHeader {
  readonly kind: 'header';
  readonly index: number;
  /** Lowest index of any read. @default 0 */
  readonly indexFloor?: number;
}

/** Starts a table; the records up to the next one belong to it. */
export interface DumpTable {
  readonly kind: 'table';
  readonly name: string;
  /** Reap floor of the primary index. */
  readonly reapFloor: number;
  /** Reap floors of the secondary indexes by name. */
  readonly indexReapFloors: Readonly<Record<string, number>>;
}

/** A row. Its secondary keys are made anew from the schema. */
export interface DumpRow {
  readonly kind: 'row';
  readonly change: number;
  readonly row: object;
}

/** A tombstone of a row, or of a row under a secondary key when `index` is set. */
export interface DumpTombstone {
  readonly kind: 'tombstone';
  readonly change: number;
  readonly id: string;
  readonly index?: string;
  readonly key?: string;
}

/** Last of all: how many records came before, so that a torn dump is noticed. */
export interface DumpEnd {
  readonly kind: 'end';
  readonly records: number;
}

/** A record of a snapshot: plain data, ready for any encoder that keeps what rows are made of. */
export type DumpRecord = DumpHeader | DumpTable | DumpRow | DumpTombstone | DumpEnd;

/**
 * Walks a state table by table: rows and tombstones in order, then the tombstones of secondary
 * indexes.
 */
export function* dumpState(
  layout: Layout,
  state: State,
  without: ReadonlySet<TableSlot>,
): Generator<DumpRecord> {
  yield { kind: 'header', index: state.index, indexFloor: state.indexFloor };
  let records = 1;
  for (const slot of layout.slots) {
    if (without.has(slot)) continue;
    for (const record of dumpTable(slot, state)) {
      records++;
      yield record;
    }
  }
  yield { kind: 'end', records };
}

function* dumpTable(slot: TableSlot, state: State): Generator<DumpRecord> {
  yield {
    kind: 'table',
    name: slot.schema.name,
    reapFloor: state.reapFloors[slot.primary]!,
    indexReapFloors: Object.fromEntries(
      slot.indexes.map(({ name, tree }) => [name, state.reapFloors[tree]!]),
    ),
  };
  for (const { key, row, change } of everyEntry(state.trees[slot.primary])) {
    yield row ? { kind: 'row', change, row } : { kind: 'tombstone', change, id: key };
  }
  for (const { name, tree } of slot.indexes) {
    for (const { key, id, change } of everyTombstone(state.trees[tree])) {
      yield { kind: 'tombstone', change, id, index: name, key };
    }
  }
}

function* everyEntry(tree: Tree): Generator<Entry> {
  if (!tree) return;
  if (tree.isLeaf) yield* tree.items;
  else for (const child of tree.children) yield* everyEntry(child);
}

function* everyTombstone(tree: Tree): Generator<Entry> {
  if (!tree || tree.oldestTombstone === 0) return;
  if (!tree.isLeaf) {
    for (const child of tree.children) yield* everyTombstone(child);
    return;
  }
  for (const item of tree.items) if (!item.row) yield item;
}
