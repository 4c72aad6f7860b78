import fc from 'fast-check';
import { defineTable } from './schema.ts';
import { createStateStore } from './store.ts';
import type { StateStore, StateView } from './view.ts';

interface Row {
  readonly id: string;
  readonly group: string;
  readonly tags: readonly string[];
  readonly version: number;
}

const rows = defineTable<Row>({
  name: 'rows',
  id: (row) => row.id,
  indexes: {
    group: (row) => row.group || undefined,
    tag: (row) => row.tags,
  },
});
const others = defineTable<{ readonly id: string }>({
  name: 'others',
  id: (row) => row.id,
  indexes: {},
});

function newStore(): StateStore {
  return createStateStore([rows, others]);
}

function row(id: string, group = '', tags: readonly string[] = [], version = 0): Row {
  return { id, group, tags, version };
}

function put(store: StateStore, index: number, ...all: readonly Row[]): void {
  const txn = store.write(index);
  for (const one of all) txn.put(rows, one);
  txn.commit();
}

const ids = (all: Iterable<Row>) => [...all].map(({ id }) => id);

test('reads by id, key and prefix, in order', () => {
  const store = newStore();
  put(store, 5, row('b', 'g', ['x', 'y']), row('a', 'g', ['y']), row('ab', 'h'), row('c'));
  const view = store.view();
  expect(view.index).toBe(5);
  expect(view.get(rows, 'ab')?.group).toBe('h');
  expect(view.get(rows, 'abc')).toBeUndefined();
  expect(ids(view.getBy(rows, 'group', 'g'))).toEqual(['a', 'b']);
  expect(ids(view.getBy(rows, 'tag', 'y'))).toEqual(['a', 'b']);
  expect(ids(view.prefix(rows, 'a'))).toEqual(['a', 'ab']);
  expect(ids(view.prefix(rows, ''))).toEqual(['a', 'ab', 'b', 'c']);
  expect(ids(view.prefixBy(rows, 'tag', ''))).toEqual(['b', 'a', 'b']);
  expect([...view.keysOf(rows, 'group')]).toEqual(['g', 'h']);
  expect([...view.keysOf(rows, 'tag', 'y')]).toEqual(['y']);
  expect(view.count(rows)).toBe(4);
  expect(view.count(others)).toBe(0);
});

test('a key that is the prefix of another is neither its prefix match nor its exact match', () => {
  const store = newStore();
  put(store, 1, row('1', 'g\u0000x'), row('2', 'g'), row('3', 'ga'), row('\u0000', 'g'));
  expect(ids(store.view().getBy(rows, 'group', 'g'))).toEqual(['\u0000', '2']);
  expect(ids(store.view().getBy(rows, 'group', 'g\u0000x'))).toEqual(['1']);
});

describe('write', () => {
  test('shows its own changes to itself alone, until commit', () => {
    const store = newStore();
    put(store, 1, row('a', 'g'));
    const txn = store.write(2);
    txn.put(rows, row('a', 'h'));
    txn.put(rows, row('b', 'g'));
    expect(txn.index).toBe(2);
    expect(ids(txn.getBy(rows, 'group', 'g'))).toEqual(['b']);
    expect(ids(store.view().getBy(rows, 'group', 'g'))).toEqual(['a']);
    expect(store.view().index).toBe(1);
    txn.commit();
    expect(ids(store.view().getBy(rows, 'group', 'h'))).toEqual(['a']);
    expect(store.view().index).toBe(2);
  });

  test('an aborted transaction leaves no trace and lets the next one start', () => {
    const store = newStore();
    put(store, 1, row('a', 'g'));
    const before = store.view();
    const txn = store.write(2);
    txn.put(rows, row('a', 'h'));
    txn.deletePrefix(rows, '');
    store.reapTombstones(txn, 2);
    txn.abort();
    txn.abort();
    expect(store.view()).toBe(before);
    expect(ids(before.getBy(rows, 'group', 'g'))).toEqual(['a']);
    expect(() => txn.put(rows, row('z'))).toThrow('assertion');
    store.write(2).commit();
    expect(store.view().index).toBe(2);
  });

  test('asserts one writer, a growing index, tables and indexes of its own', () => {
    const store = newStore();
    put(store, 3, row('a'));
    expect(() => store.write(3)).toThrow('assertion');
    const txn = store.write(4);
    expect(() => store.write(5)).toThrow('assertion');
    txn.commit();
    expect(() => txn.commit()).toThrow('assertion');
    expect(() => txn.delete(rows, 'a')).toThrow('assertion');
    expect(() => txn.deletePrefix(rows, '')).toThrow('assertion');
    expect(() => store.reapTombstones(txn, 1)).toThrow('assertion');
    expect(() => store.view().getBy(rows, 'nope', '')).toThrow('has an index nope');
    const stranger = defineTable<Row>({ name: 'rows', id: (r) => r.id, indexes: {} });
    expect(() => store.view().get(stranger, '')).toThrow('part of this store');
    expect(() => createStateStore([rows, rows])).toThrow('declared once');
  });

  test('delete says whether there was a row, deletePrefix how many', () => {
    const store = newStore();
    put(store, 1, row('a'), row('ab'), row('b'));
    const txn = store.write(2);
    expect(txn.delete(rows, 'x')).toBe(false);
    expect(txn.delete(rows, 'b')).toBe(true);
    expect(txn.delete(rows, 'b')).toBe(false);
    expect(txn.deletePrefix(rows, 'a')).toBe(2);
    expect(txn.deletePrefix(rows, 'a')).toBe(0);
    expect(txn.count(rows)).toBe(0);
    txn.commit();
  });

  test('a walk in a transaction does not see what the transaction changes meanwhile', () => {
    const store = newStore();
    put(store, 1, ...Array.from({ length: 200 }, (_, i) => row(`k${1000 + i}`, 'g', ['t'])));
    const txn = store.write(2);
    txn.put(rows, row('k1000', 'g', ['t'], 1));
    let seen = 0;
    for (const { id } of txn.prefix(rows, 'k')) {
      seen++;
      txn.delete(rows, id);
      txn.put(rows, row(`k1${id}`, 'g'));
    }
    expect(seen).toBe(200);
    expect(txn.count(rows)).toBe(200);
    let moved = 0;
    for (const { id } of txn.prefixBy(rows, 'group', '')) {
      txn.put(rows, row(id, `g${moved++}`));
    }
    expect(moved).toBe(200);
    for (const key of txn.keysOf(rows, 'group')) txn.put(rows, row(key, key));
    expect(txn.count(rows)).toBe(400);
    txn.commit();
  });
});

describe('views', () => {
  test('an iterator goes on over the state it was made from', () => {
    const store = newStore();
    put(store, 1, ...Array.from({ length: 500 }, (_, i) => row(String(1000 + i))));
    const walk = store.view().prefix(rows, '')[Symbol.iterator]();
    walk.next();
    const txn = store.write(2);
    txn.deletePrefix(rows, '');
    store.reapTombstones(txn, 2);
    txn.commit();
    let left = 0;
    while (!walk.next().done) left++;
    expect(left).toBe(499);
    expect(ids(store.view().prefix(rows, ''))).toEqual([]);
  });
});

/** The store as anyone would write it who has all the time in the world. */
class NaiveModel {
  readonly live = new Map<string, Row>();

  by(index: 'group' | 'tag', match: (key: string) => boolean): { key: string; row: Row }[] {
    const found = [...this.live.values()].flatMap((one) => {
      const keys = index === 'tag' ? [...new Set(one.tags)] : one.group ? [one.group] : [];
      return keys.filter(match).map((key) => ({ key, row: one }));
    });
    const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    return found.sort((a, b) => order(a.key, b.key) || order(a.row.id, b.row.id));
  }

  copy(): NaiveModel {
    const copy = new NaiveModel();
    for (const [id, one] of this.live) copy.live.set(id, one);
    return copy;
  }
}

function expectSame(view: StateView, model: NaiveModel, keys: readonly string[]): void {
  const sorted = [...model.live.keys()].sort();
  expect(ids(view.prefix(rows, ''))).toEqual(sorted);
  expect(view.count(rows)).toBe(sorted.length);
  for (const key of keys) {
    expect(view.get(rows, key)).toBe(model.live.get(key));
    expect(ids(view.prefix(rows, key))).toEqual(sorted.filter((id) => id.startsWith(key)));
    for (const index of ['group', 'tag'] as const) {
      const exact = model.by(index, (k) => k === key);
      expect(ids(view.getBy(rows, index, key))).toEqual(exact.map(({ row: r }) => r.id));
      const prefixed = model.by(index, (k) => k.startsWith(key));
      expect(ids(view.prefixBy(rows, index, key))).toEqual(prefixed.map(({ row: r }) => r.id));
      expect([...view.keysOf(rows, index, key)]).toEqual([
        ...new Set(prefixed.map(({ key: k }) => k)),
      ]);
    }
  }
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '\u0000'), maxLength: 4 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      id: key,
      group: key,
      tags: fc.array(key, { maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), id: key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deletePrefix' as const), id: key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reap' as const), back: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const) }) },
);

test('any history reads like the naive model, in old views too', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 150 }),
      fc.array(key, { maxLength: 6 }),
      (steps, keys) => {
        const store = newStore();
        const history: { view: StateView; model: NaiveModel }[] = [];
        let committed = new NaiveModel();
        let model = committed.copy();
        let index = 1;
        let txn = store.write(index);
        for (const action of steps) {
          if (action.do === 'put') {
            const one = row(action.id, action.group, action.tags, index);
            txn.put(rows, one);
            model.live.set(one.id, one);
          } else if (action.do === 'delete') {
            expect(txn.delete(rows, action.id)).toBe(model.live.delete(action.id));
          } else if (action.do === 'deletePrefix') {
            const due = [...model.live.keys()].filter((id) => id.startsWith(action.id));
            expect(txn.deletePrefix(rows, action.id)).toBe(due.length);
            for (const id of due) model.live.delete(id);
          } else if (action.do === 'reap') {
            store.reapTombstones(txn, index - action.back);
          } else {
            expectSame(txn, model, keys);
            if (action.do === 'commit') {
              txn.commit();
              committed = model;
            } else {
              txn.abort();
            }
            history.push({ view: store.view(), model: committed });
            model = committed.copy();
            txn = store.write(++index + store.view().index);
            index = txn.index;
          }
        }
        txn.abort();
        for (const { view, model: then } of history) expectSame(view, then, keys);
      },
    ),
    { numRuns: 150 },
  );
});

test('many rows: splits, tombstones and merges keep order and counts', () => {
  const store = newStore();
  const model = new Map<string, Row>();
  let seed = 12345;
  const next = (bound: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * bound);
  };
  for (let index = 1; index <= 400; index++) {
    const txn = store.write(index);
    const shrinking = Math.floor(index / 100) % 2 === 1;
    for (let i = 0; i < 50; i++) {
      const id = `k${next(4000)}`;
      if (next(10) < (shrinking ? 8 : 2)) {
        expect(txn.delete(rows, id)).toBe(model.delete(id));
      } else {
        const one = row(id, `g${next(30)}`, [`t${next(300)}`], index);
        txn.put(rows, one);
        model.set(id, one);
      }
    }
    if (index % 10 === 0) store.reapTombstones(txn, index - next(20));
    txn.commit();
  }
  const last = store.write(500);
  store.reapTombstones(last, 450);
  last.commit();
  const view = store.view();
  expect(ids(view.prefix(rows, ''))).toEqual([...model.keys()].sort());
  expect(view.count(rows)).toBe(model.size);
  for (let g = 0; g < 30; g++) {
    const expected = [...model.values()].filter(({ group }) => group === `g${g}`);
    expect(ids(view.getBy(rows, 'group', `g${g}`))).toEqual(expected.map(({ id }) => id).sort());
  }
  const end = store.write(501);
  expect(end.deletePrefix(rows, '')).toBe(model.size);
  store.reapTombstones(end, 501);
  end.commit();
  expect(ids(store.view().prefix(rows, ''))).toEqual([]);
  expect([...store.view().keysOf(rows, 'tag')]).toEqual([]);
});
