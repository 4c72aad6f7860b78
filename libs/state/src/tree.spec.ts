import fc from 'fast-check';
import { TreeEditor } from './tree-edit.ts';
import {
  type Entry,
  FAN_OUT,
  type Position,
  type Tree,
  type TreeNode,
  widthOf,
} from './tree-node.ts';
import { Cursor, covers, findEntry, type KeyMatch, maxChangeOf } from './tree-read.ts';

function compare(a: Position, b: Position): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function entriesOf(tree: Tree): Entry[] {
  if (!tree) return [];
  return tree.isLeaf ? tree.items : tree.children.flatMap(entriesOf);
}

/** Checks what every node promises; returns its height. */
function checkNode(node: TreeNode): number {
  const entries = entriesOf(node);
  const tombstones = entries.filter(({ row }) => !row).map(({ change }) => change);
  expect(node.live).toBe(entries.length - tombstones.length);
  expect(node.maxChange).toBe(Math.max(...entries.map(({ change }) => change)));
  expect(node.oldestTombstone).toBe(tombstones.length > 0 ? Math.min(...tombstones) : 0);
  expect(widthOf(node)).toBeGreaterThan(0);
  expect(widthOf(node)).toBeLessThanOrEqual(FAN_OUT);
  if (node.isLeaf) return 1;
  const { children, lows } = node;
  expect(lows.length).toBe(children.length);
  const heights = children.map(checkNode);
  expect(new Set(heights).size).toBe(1);
  children.forEach((child, i) => {
    const inside = entriesOf(child);
    if (i > 0) expect(compare(lows[i]!, inside[0]!)).toBeLessThanOrEqual(0);
    const after = lows[i + 1];
    if (after) expect(compare(inside.at(-1)!, after)).toBeLessThan(0);
  });
  return heights[0]! + 1;
}

function checkTree(tree: Tree, expected: readonly Entry[]): void {
  if (tree) checkNode(tree);
  const found = entriesOf(tree);
  expect(found).toEqual([...expected].sort(compare));
}

const WIDTH = 6;

/** Few keys with many ids each, or many keys with few: both shapes of an index. */
function positionOf(number: number, manyKeys: boolean): Position {
  const [high, low] = [Math.floor(number / WIDTH), number % WIDTH];
  return manyKeys ? { key: `k${high}`, id: `${low}` } : { key: `k${low}`, id: `${high}` };
}

const step = fc.record({
  at: fc.nat(1200),
  span: fc.integer({ min: 1, max: 120 }),
  kind: fc.constantFrom('put', 'put', 'bury', 'bury', 'reap', 'disown'),
});

test('nodes keep their promises through any history, and disowned trees do not change', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, manyKeys) => {
      const editor = new TreeEditor();
      const model = new Map<string, Entry>();
      const frozen: { tree: Tree; entries: Entry[] }[] = [];
      let tree: Tree;
      steps.forEach(({ at, span, kind }, i) => {
        const change = i + 1;
        if (kind === 'disown') {
          frozen.push({ tree, entries: [...model.values()] });
          editor.disown();
          return;
        }
        if (kind === 'reap') {
          const upTo = change - (at % 20);
          let highest = 0;
          tree = editor.reap(tree, upTo, (one) => {
            highest = Math.max(highest, one);
          });
          let expected = 0;
          for (const [name, entry] of model) {
            if (entry.row || entry.change > upTo) continue;
            expected = Math.max(expected, entry.change);
            model.delete(name);
          }
          expect(highest).toBe(expected);
          return;
        }
        for (let n = at; n < at + span; n++) {
          const entry = {
            ...positionOf(n, manyKeys),
            row: kind === 'put' ? {} : undefined,
            change,
          };
          const name = `${entry.key} ${entry.id}`;
          tree = editor.upsert(tree, entry);
          expect(editor.previous).toBe(model.get(name));
          model.set(name, entry);
        }
      });
      checkTree(tree, [...model.values()]);
      for (const { tree: old, entries } of frozen) checkTree(old, entries);
      checkReads(tree, [...model.values()].sort(compare));
    }),
    { numRuns: 80 },
  );
});

function checkReads(tree: Tree, entries: readonly Entry[]): void {
  for (const wanted of ['', 'k', 'k1', 'k10', 'k5', 'k199', 'l', 'a']) {
    for (const match of ['key', 'prefix'] as KeyMatch[]) {
      const inside = entries.filter(({ key }) => covers(match, wanted, key));
      const expected = Math.max(0, ...inside.map(({ change }) => change));
      expect([wanted, match, maxChangeOf(tree, match, wanted)]).toEqual([wanted, match, expected]);
    }
    const from = new Cursor(tree);
    from.seek(wanted);
    expect(from.next()).toBe(entries.find(({ key, row }) => row && key >= wanted));
    const past = new Cursor(tree);
    past.seekPast(wanted);
    expect(past.next()).toBe(entries.find(({ key, row }) => row && key > wanted));
  }
  expect(entries.filter((entry) => findEntry(tree, entry.key, entry.id) !== entry)).toEqual([]);
  expect(findEntry(tree, 'k1', 'none')).toBeUndefined();
}

test('one editor copies a node once', () => {
  const first = new TreeEditor();
  let tree: Tree;
  for (let i = 0; i < 5000; i++) {
    tree = first.upsert(tree, { key: String(i), id: '', row: {}, change: 1 });
  }
  const second = new TreeEditor();
  const once = second.upsert(tree, { key: '17', id: '', row: {}, change: 2 });
  const twice = second.upsert(once, { key: '17', id: '', row: {}, change: 2 });
  expect(once).not.toBe(tree);
  expect(twice).toBe(once);
  expect(checkNode(once)).toBeLessThanOrEqual(4);
});

test('a tree shrinks when its tombstones are reaped', () => {
  const editor = new TreeEditor();
  let tree: Tree;
  const put = (i: number, row: object | undefined) => {
    tree = editor.upsert(tree, { key: String(100_000 + i), id: '', row, change: 1 });
  };
  for (let i = 0; i < 20_000; i++) put(i, {});
  for (let i = 0; i < 20_000; i++) if (i % 1000 !== 0) put(i, undefined);
  tree = editor.reap(tree, 1, () => {});
  expect(entriesOf(tree).length).toBe(20);
  expect(checkNode(tree!)).toBeLessThanOrEqual(2);
});

test('branches that lost their first children and got new ones merge in order', () => {
  const editor = new TreeEditor();
  let tree: Tree;
  const alive = new Set<number>();
  const put = (i: number, live: boolean) => {
    const key = String(100_000 + i);
    tree = editor.upsert(tree, { key, id: '', row: live ? {} : undefined, change: 1 });
    if (live) alive.add(i);
    else alive.delete(i);
  };
  const reap = () => {
    tree = editor.reap(tree, 1, () => {});
    expect(entriesOf(tree).map(({ key }) => Number(key) - 100_000)).toEqual(
      [...alive].sort((a, b) => a - b),
    );
    checkNode(tree!);
  };
  for (let i = 0; i < 3000; i += 3) put(i, true);
  const root = tree!;
  expect(root.isLeaf ? [] : root.children.map(({ isLeaf }) => isLeaf)).toContain(false);
  // Clear the beginning of every branch, fill it with others, then thin out all.
  const starts = root.isLeaf ? [] : root.lows.map(({ key }) => Number(key) - 100_000);
  for (const start of starts) for (let i = start; i < start + 300; i += 3) put(i, false);
  reap();
  for (const start of starts) {
    for (let i = start; i < start + 300; i++) if (i % 35 === 0) put(i, true);
  }
  for (const i of [...alive]) if (i % 5 !== 0) put(i, false);
  reap();
  for (const i of [...alive]) if (i % 35 !== 0) put(i, false);
  reap();
});
