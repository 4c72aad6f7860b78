import { assert } from '@mesh/base';
import type { Table, TableSchema } from './schema.ts';

/** A secondary index and the number of its tree. */
export interface IndexSlot {
  readonly name: string;
  readonly tree: number;
  keysOf(row: object): readonly string[];
}

/** A table and the numbers of its trees. */
export interface TableSlot {
  readonly schema: TableSchema<object>;
  readonly primary: number;
  readonly indexes: readonly IndexSlot[];
}

const NO_KEYS: readonly string[] = [];

/** Gives every tree of every table its number: the place of its root in the state. */
export class Layout {
  readonly slots: readonly TableSlot[];
  readonly treeCount: number;
  private readonly byTable = new Map<object, TableSlot>();
  private readonly byName = new Map<string, TableSlot>();

  // biome-ignore lint/suspicious/noExplicitAny: a registry of differently typed rows
  constructor(tables: readonly Table<any>[]) {
    let trees = 0;
    this.slots = tables.map((table) => {
      const schema = table.schema as TableSchema<object>;
      assert(!this.byName.has(schema.name), `table ${schema.name} declared once`);
      const primary = trees++;
      const indexes = Object.entries(schema.indexes).map(
        ([name, keyOf]): IndexSlot => ({
          name,
          tree: trees++,
          keysOf: (row) => {
            const keys = keyOf(row);
            if (keys === undefined) return NO_KEYS;
            return typeof keys === 'string' ? [keys] : keys;
          },
        }),
      );
      const slot = { schema, primary, indexes };
      this.byTable.set(table, slot);
      this.byName.set(schema.name, slot);
      return slot;
    });
    this.treeCount = trees;
  }

  slotOf<R extends object>(table: Table<R>): TableSlot {
    const slot = this.byTable.get(table);
    assert(slot, `table ${table.schema.name} is part of this store`);
    return slot;
  }

  slotNamed(name: string): TableSlot | undefined {
    return this.byName.get(name);
  }

  /** Number of the tree of a secondary index. */
  indexTree<R extends object>(table: Table<R>, indexName: string): number {
    for (const index of this.slotOf(table).indexes) if (index.name === indexName) return index.tree;
    throw new Error(`assertion failed: table ${table.schema.name} has an index ${indexName}`);
  }
}
