import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import type { DumpRecord } from './dump.ts';
import { defineTable } from './schema.ts';
import { createStateStore } from './store.ts';
import type { StateStore, StateView } from './view.ts';

interface Row {
  readonly id: string;
  readonly group: string;
}

const rows = defineTable<Row>({
  name: 'rows',
  id: (row) => row.id,
  indexes: { group: (row) => row.group || undefined },
});
const others = defineTable<Row>({ name: 'others', id: (row) => row.id, indexes: {} });

function populated(count: number): StateStore {
  const store = createStateStore([rows, others]);
  let index = 0;
  for (let i = 0; i < count; i++) {
    const txn = store.write(++index);
    txn.put(rows, { id: `k${(i * 7919) % count}`, group: `g${i % 5}` });
    if (i % 3 === 0) txn.put(others, { id: String(i), group: '' });
    txn.commit();
  }
  const txn = store.write(++index);
  txn.deletePrefix(rows, 'k1');
  txn.put(rows, { id: 'k2', group: 'moved' });
  txn.commit();
  const reap = store.write(++index);
  store.reapTombstones(reap, index - 2);
  reap.commit();
  return store;
}

function load(records: Iterable<DumpRecord>, into = createStateStore([rows, others])): StateStore {
  const restore = into.restore();
  for (const record of records) restore.add(record);
  restore.finish();
  return into;
}

/** A dump through an encoder, as a snapshot file would have it. */
function records(store: StateStore): DumpRecord[] {
  return JSON.parse(JSON.stringify([...store.dump(store.view())])) as DumpRecord[];
}

function indexOf(store: StateStore, query: (view: StateView) => unknown): number {
  const view = store.trackingView();
  query(view);
  return view.dependencies().index;
}

test('a restored store dumps the same and answers with the same indexes', () => {
  const store = populated(400);
  const copy = load(records(store));
  expect(copy.view().index).toBe(store.view().index);
  expect(records(copy)).toEqual(records(store));
  const queries: ((view: StateView) => unknown)[] = [
    (v) => v.get(rows, 'k1'),
    (v) => v.get(rows, 'k3'),
    (v) => v.get(rows, 'never'),
    (v) => v.prefix(rows, 'k1'),
    (v) => v.prefix(others, ''),
    (v) => v.getBy(rows, 'group', 'g2'),
    (v) => v.keysOf(rows, 'group'),
  ];
  for (const query of queries) expect(indexOf(copy, query)).toBe(indexOf(store, query));
  expect(copy.view().getBy(rows, 'group', 'g3')).toEqual(store.view().getBy(rows, 'group', 'g3'));
});

test('any history survives dump and restore', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
  const step = fc.record({ id: key, group: key, kind: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), key, (steps, asked) => {
      const store = createStateStore([rows, others]);
      steps.forEach(({ id, group, kind }, i) => {
        const txn = store.write(i + 1);
        if (kind < 3) txn.put(rows, { id, group });
        else if (kind === 3) txn.delete(rows, id);
        else if (kind === 4) txn.deletePrefix(rows, id);
        else store.reapTombstones(txn, i - 3);
        txn.commit();
      });
      const copy = load(records(store));
      expect(records(copy)).toEqual(records(store));
      const queries: ((view: StateView) => unknown)[] = [
        (v) => v.get(rows, asked),
        (v) => [...v.prefix(rows, asked)],
        (v) => v.getBy(rows, 'group', asked),
        (v) => [...v.prefixBy(rows, 'group', asked)],
      ];
      for (const query of queries) {
        expect(indexOf(copy, query)).toBe(indexOf(store, query));
        expect(query(copy.view())).toEqual(query(store.view()));
      }
    }),
    { numRuns: 200 },
  );
});

test('a dump is of its view, whatever is written while it runs', () => {
  const store = populated(100);
  const expected = records(store);
  const dump = store.dump(store.view())[Symbol.iterator]();
  const got: DumpRecord[] = [];
  let index = store.view().index;
  for (let step = dump.next(); !step.done; step = dump.next()) {
    got.push(step.value);
    const txn = store.write(++index);
    txn.deletePrefix(rows, `k${index % 10}`);
    txn.put(rows, { id: `new${index}`, group: 'new' });
    store.reapTombstones(txn, index);
    txn.commit();
  }
  expect(JSON.parse(JSON.stringify(got))).toEqual(expected);
});

test('a restore shows nothing until it is finished, then wakes everybody', () => {
  const source = records(populated(50));
  const store = createStateStore([rows, others]);
  const first = store.write(1);
  first.put(rows, { id: 'old', group: 'g' });
  first.commit();
  const old = store.view();
  const view = store.trackingView();
  view.get(rows, 'old');
  const read = view.dependencies();
  let woken = 0;
  store.watch(read, () => woken++);
  const restore = store.restore();
  for (const record of source) restore.add(record);
  expect(store.view()).toBe(old);
  expect(woken).toBe(0);
  restore.finish();
  expect(woken).toBe(1);
  expect(store.changed(read)).toBe(true);
  expect(store.view().get(rows, 'old')).toBeUndefined();
  expect(old.get(rows, 'old')).toBeDefined();
  expect(() => restore.finish()).toThrow('assertion');
  const next = store.write(store.view().index + 1);
  next.put(rows, { id: 'k2', group: 'again' });
  next.commit();
  expect(store.view().getBy(rows, 'group', 'again').length).toBe(1);
});

describe('a bad dump', () => {
  const header: DumpRecord = { kind: 'header', index: 9 };
  const table: DumpRecord = { kind: 'table', name: 'rows', reapFloor: 0, indexReapFloors: {} };
  const one: DumpRecord = { kind: 'row', change: 3, row: { id: 'a', group: 'g' } };
  const end = (count: number): DumpRecord => ({ kind: 'end', records: count });
  const odd = (record: unknown) => record as DumpRecord;

  test.each<[string, DumpRecord[]]>([
    ['ends after 0 records', []],
    ['ends after 3 records without an end', [header, table, one]],
    ['does not begin with a header', [table, header]],
    ['a second header', [header, header]],
    ['before the first table', [header, one]],
    ['unknown table "x"; known: rows, others', [header, { ...table, name: 'x' } as DumpRecord]],
    ['table "rows" twice', [header, table, table]],
    ['3 records, its end says 2', [header, table, one, end(2)]],
    ['follows the end', [header, end(1), table]],
    ['change 10 is no log index up to 9', [header, table, odd({ ...one, change: 10 })]],
    ['change 1.5 is no log index', [header, table, odd({ ...one, change: 1.5 })]],
    ['index -1 is no log index', [{ kind: 'header', index: -1 }]],
    ['reapFloor 99', [header, odd({ ...table, reapFloor: 99 })]],
    ['a row is no object', [header, table, odd({ kind: 'row', change: 1, row: null })]],
    ['has no id', [header, table, odd({ kind: 'row', change: 1, row: {} })]],
    ['a tombstone has no id', [header, table, odd({ kind: 'tombstone', change: 1 })]],
    ['no key', [header, table, odd({ kind: 'tombstone', change: 1, id: 'a', index: 'group' })]],
    ['unknown record kind "what"', [header, odd({ kind: 'what' })]],
  ])('%s', (message, bad) => {
    const store = createStateStore([rows, others]);
    const before = store.view();
    const attempt = () => load(bad, store);
    expect(attempt).toThrow(MeshError);
    expect(attempt).toThrow(message);
    expect(store.view()).toBe(before);
  });

  test.each<[string, DumpRecord[]]>([
    ['rows has "a" twice', [header, table, one, one]],
    ['both there and gone', [header, table, one, odd({ kind: 'tombstone', change: 1, id: 'a' })]],
    [
      'both there and gone',
      [
        header,
        table,
        one,
        odd({ kind: 'tombstone', change: 1, id: 'a', index: 'group', key: 'g' }),
      ],
    ],
    ['does not fit', [header, table, odd({ kind: 'row', change: 1, row: { id: 'a', group: 7 } })]],
    ['unfit key', [header, table, odd({ kind: 'row', change: 1, row: { id: 'a', group: [7] } })]],
    ['indexFloor 10', [{ kind: 'header', index: 9, indexFloor: 10 }]],
    [`index ${2 ** 52 + 2} is no log index`, [{ kind: 'header', index: 2 ** 52 + 2 }]],
  ])('%s', (message, bad) => {
    expect(() => load(bad, createStateStore([rows, others]))).toThrow(message);
  });

  test('a row that its schema trips over is refused as such', () => {
    const strict = defineTable<Row>({ name: 'rows', id: (row) => row.id.trim(), indexes: {} });
    const restore = createStateStore([strict]).restore();
    for (const record of [header, table]) restore.add(record);
    const row = odd({ kind: 'row', change: 1, row: { id: 5 } });
    expect(() => restore.add(row)).toThrow(MeshError);
    expect(() => restore.add(row)).toThrow('a row of rows does not fit: TypeError');
  });

  test('an index that is gone or new is no error', () => {
    const gone: DumpRecord = { kind: 'tombstone', change: 2, id: 'a', index: 'old', key: 'k' };
    const store = load([header, table, one, gone, end(4)]);
    expect(store.view().getBy(rows, 'group', 'g').length).toBe(1);
    expect(store.view().index).toBe(9);
  });
});

describe('a restore at an index of its own', () => {
  const source = populated(50);
  const { index: dumpedAt } = source.view();

  function restoredAt(index: number, into = createStateStore([rows, others])): StateStore {
    const restore = into.restore();
    for (const record of records(source)) restore.add(record);
    expect(restore.index).toBe(dumpedAt);
    restore.finish({ index });
    return into;
  }

  const queries: ((view: StateView) => unknown)[] = [
    (v) => v.get(rows, 'k3'),
    (v) => v.get(rows, 'k1'),
    (v) => v.get(rows, 'never'),
    (v) => v.prefix(rows, 'k1'),
    (v) => v.prefix(rows, ''),
    (v) => v.getBy(rows, 'group', 'g2'),
    (v) => v.getBy(rows, 'group', 'none'),
    (v) => v.keysOf(rows, 'group'),
    (v) => v.count(others),
    () => {},
  ];

  test('no read has a lower one from then on', () => {
    const store = restoredAt(dumpedAt + 100);
    expect(store.view().index).toBe(dumpedAt + 100);
    for (const query of queries) expect(indexOf(store, query)).toBe(dumpedAt + 100);
    expect([...store.view().prefix(rows, '')]).toEqual([...source.view().prefix(rows, '')]);
    const txn = store.write(dumpedAt + 101);
    txn.put(rows, { id: 'k3', group: 'g2' });
    txn.commit();
    const reap = store.write(dumpedAt + 102);
    store.reapTombstones(reap, dumpedAt + 101);
    reap.commit();
    expect(indexOf(store, (v) => v.get(rows, 'k3'))).toBe(dumpedAt + 101);
    expect(indexOf(store, (v) => v.getBy(rows, 'group', 'g2'))).toBe(dumpedAt + 101);
    expect(indexOf(store, (v) => v.get(rows, 'k2'))).toBe(dumpedAt + 100);
    expect(indexOf(store, (v) => v.get(rows, 'k1'))).toBe(dumpedAt + 100);
  });

  test('which is kept by dumps, and replaced by the next', () => {
    const store = restoredAt(dumpedAt + 100);
    const copy = load(records(store));
    for (const query of queries) expect(indexOf(copy, query)).toBe(dumpedAt + 100);
    restoredAt(dumpedAt + 200, copy);
    for (const query of queries) expect(indexOf(copy, query)).toBe(dumpedAt + 200);
    expect(records(load(records(copy)))).toEqual(records(copy));
  });

  test('must come after the dump', () => {
    expect(() => restoredAt(dumpedAt)).toThrow('assertion failed');
  });
});

test('tables can be left out of a dump, and of a restore', () => {
  const source = populated(20);
  const partial = [...source.dump(source.view(), { without: [others] })];
  const copy = load(partial);
  expect(copy.view().count(rows)).toBe(source.view().count(rows));
  expect(copy.view().count(others)).toBe(0);
  const restore = createStateStore([rows, others]).restore({ without: [others] });
  const all = records(source);
  expect(() => {
    for (const record of all) restore.add(record);
  }).toThrow('unknown table "others"; known: rows');
});

test('a check builds nothing, and finds what is missing', () => {
  const store = createStateStore([rows, others]);
  const before = store.view();
  const check = store.restore({ checkOnly: true });
  expect(() => check.requireComplete()).toThrow('without an end record');
  for (const record of records(populated(100))) check.add(record);
  check.requireComplete();
  expect(() => check.finish()).toThrow('assertion failed');
  expect(store.view()).toBe(before);
});
