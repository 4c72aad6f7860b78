import type { Layout } from './layout.ts';
import type { Table } from './schema.ts';
import type { Tree } from './tree-node.ts';
import { Cursor, findEntry } from './tree-read.ts';
import type { StateView } from './view.ts';

/** Reads tables from the roots of their trees. */
export class TableView implements StateView {
  readonly index: number;
  protected readonly layout: Layout;
  protected readonly trees: readonly Tree[];

  constructor(layout: Layout, index: number, trees: readonly Tree[]) {
    this.layout = layout;
    this.index = index;
    this.trees = trees;
  }

  get<R extends object>(table: Table<R>, id: string): R | undefined {
    const tree = this.trees[this.layout.slotOf(table).primary];
    return findEntry(tree, id, '')?.row as R | undefined;
  }

  getBy<R extends object>(table: Table<R>, indexName: string, key: string): readonly R[] {
    const cursor = new Cursor(this.trees[this.layout.indexTree(table, indexName)]);
    cursor.seek(key);
    const rows: R[] = [];
    for (let entry = cursor.next(); entry?.key === key; entry = cursor.next()) {
      rows.push(entry.row as R);
    }
    return rows;
  }

  prefix<R extends object>(table: Table<R>, prefix: string): Iterable<R> {
    return new RowRange<R>(this.trees[this.layout.slotOf(table).primary], prefix);
  }

  prefixBy<R extends object>(table: Table<R>, indexName: string, prefix: string): Iterable<R> {
    return new RowRange<R>(this.trees[this.layout.indexTree(table, indexName)], prefix);
  }

  keysOf<R extends object>(table: Table<R>, indexName: string, prefix = ''): Iterable<string> {
    return new KeyRange(this.trees[this.layout.indexTree(table, indexName)], prefix);
  }

  count<R extends object>(table: Table<R>): number {
    return this.trees[this.layout.slotOf(table).primary]?.live ?? 0;
  }
}

/** Rows whose key starts with a prefix; walks the tree as it is consumed. */
class RowRange<R> implements Iterable<R> {
  private readonly tree: Tree;
  private readonly wanted: string;

  constructor(tree: Tree, wanted: string) {
    this.tree = tree;
    this.wanted = wanted;
  }

  *[Symbol.iterator](): Iterator<R> {
    const cursor = new Cursor(this.tree);
    cursor.seek(this.wanted);
    for (let entry = cursor.next(); entry?.key.startsWith(this.wanted); entry = cursor.next()) {
      yield entry.row as R;
    }
  }
}

/** Distinct keys that start with a prefix; jumps over the other rows of a key. */
class KeyRange implements Iterable<string> {
  private readonly tree: Tree;
  private readonly wanted: string;

  constructor(tree: Tree, wanted: string) {
    this.tree = tree;
    this.wanted = wanted;
  }

  *[Symbol.iterator](): Iterator<string> {
    const cursor = new Cursor(this.tree);
    cursor.seek(this.wanted);
    for (let entry = cursor.next(); entry?.key.startsWith(this.wanted); entry = cursor.next()) {
      yield entry.key;
      cursor.seekPast(entry.key);
    }
  }
}
