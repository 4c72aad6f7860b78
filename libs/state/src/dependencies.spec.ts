import fc from 'fast-check';
import { defineTable } from './schema.ts';
import { createStateStore } from './store.ts';
import type { Dependencies, StateStore, StateView, TrackingView } from './view.ts';

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

type Change = (txn: ReturnType<StateStore['write']>) => void;

class World {
  readonly store = createStateStore([rows, others]);
  index = 0;

  at(index: number, change: Change): void {
    this.index = index;
    const txn = this.store.write(index);
    change(txn);
    txn.commit();
  }

  next(change: Change): void {
    this.at(this.index + 1, change);
  }

  read(query: (view: TrackingView) => unknown): Dependencies {
    const view = this.store.trackingView();
    query(view);
    return view.dependencies();
  }

  indexOf(query: (view: TrackingView) => unknown): number {
    return this.read(query).index;
  }

  /** Whether a watch on what the query reads fires when the change is made. */
  wakes(query: (view: TrackingView) => unknown, change: Change): boolean {
    const watch = this.store.watch(this.read(query), () => {});
    expect(watch.fired).toBe(false);
    this.next(change);
    const { fired } = watch;
    watch.cancel();
    expect(this.store.watchCount).toBe(0);
    return fired;
  }
}

function seeded(): World {
  const world = new World();
  world.at(10, (txn) => txn.put(rows, { id: 'a/1', group: 'g' }));
  world.at(20, (txn) => txn.put(rows, { id: 'a/2', group: 'g' }));
  world.at(30, (txn) => txn.put(rows, { id: 'b/1', group: 'h' }));
  world.at(40, (txn) => txn.put(others, { id: 'a/1', group: '' }));
  return world;
}

describe('the index of a read', () => {
  test('is that of the last change of what it read, and at least 1', () => {
    const world = seeded();
    expect(world.indexOf(() => {})).toBe(1);
    expect(world.indexOf((v) => v.get(rows, 'a/1'))).toBe(10);
    expect(world.indexOf((v) => v.get(rows, 'none'))).toBe(1);
    expect(world.indexOf((v) => v.prefix(rows, 'a/'))).toBe(20);
    expect(world.indexOf((v) => v.prefix(rows, 'none'))).toBe(1);
    expect(world.indexOf((v) => v.prefix(rows, ''))).toBe(30);
    expect(world.indexOf((v) => v.count(rows))).toBe(30);
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'g'))).toBe(20);
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'none'))).toBe(1);
    expect(world.indexOf((v) => v.prefixBy(rows, 'group', 'h'))).toBe(30);
    expect(world.indexOf((v) => v.keysOf(rows, 'group'))).toBe(30);
    expect(world.indexOf((v) => [v.get(rows, 'a/1'), v.get(others, 'a/1')])).toBe(40);
  });

  test('counts deletions, and reaping them does not take it back', () => {
    const world = seeded();
    world.at(50, (txn) => txn.delete(rows, 'a/2'));
    const queries: ((v: StateView) => unknown)[] = [
      (v) => v.get(rows, 'a/2'),
      (v) => v.prefix(rows, 'a/'),
      (v) => v.prefix(rows, ''),
      (v) => v.count(rows),
      (v) => v.getBy(rows, 'group', 'g'),
      (v) => v.prefixBy(rows, 'group', ''),
      (v) => v.keysOf(rows, 'group', 'g'),
    ];
    for (const query of queries) expect(world.indexOf(query)).toBe(50);
    world.at(60, (txn) => world.store.reapTombstones(txn, 49));
    expect(world.indexOf((v) => v.get(rows, 'none'))).toBe(1);
    world.at(61, (txn) => world.store.reapTombstones(txn, 55));
    for (const query of queries) expect(world.indexOf(query)).toBe(50);
    // A row that is there is not touched by reaping; nor is another table.
    expect(world.indexOf((v) => v.get(rows, 'a/1'))).toBe(10);
    expect(world.indexOf((v) => v.get(others, 'none'))).toBe(1);
  });

  test('never falls below anything that was reaped, in whatever order the rows were deleted', () => {
    const world = new World();
    world.at(10, (txn) => {
      for (let i = 100; i < 300; i++) txn.put(rows, { id: `k${i}`, group: `g${i}` });
    });
    for (let i = 299; i >= 100; i--) world.next((txn) => txn.delete(rows, `k${i}`));
    world.next((txn) => world.store.reapTombstones(txn, 150));
    expect(world.indexOf((v) => v.get(rows, 'k299'))).toBe(150);
    expect(world.indexOf((v) => v.get(rows, 'k100'))).toBe(210);
    world.next((txn) => world.store.reapTombstones(txn, 210));
    expect(world.indexOf((v) => v.prefix(rows, ''))).toBe(210);
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'g200'))).toBe(210);
    world.next((txn) => world.store.reapTombstones(txn, 50));
    expect(world.indexOf((v) => v.prefix(rows, ''))).toBe(210);
  });

  test('of a row that moved to another key counts under both', () => {
    const world = seeded();
    world.at(50, (txn) => txn.put(rows, { id: 'a/1', group: 'h' }));
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'g'))).toBe(50);
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'h'))).toBe(50);
    world.at(60, (txn) => txn.put(rows, { id: 'a/2', group: '' }));
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'g'))).toBe(60);
    expect(world.indexOf((v) => v.getBy(rows, 'group', 'h'))).toBe(50);
  });

  test('counts each entity once, whatever the number of reads', () => {
    const world = seeded();
    const read = world.read((v) => {
      for (let i = 0; i < 40; i++) {
        v.get(rows, `k${i % 20}`);
        v.prefix(rows, `k${i % 20}`);
        v.getBy(rows, 'group', `k${i % 20}`);
      }
    });
    expect(read.size).toBe(60);
    expect(world.read((v) => [v.get(rows, 'x'), v.get(rows, 'x'), v.count(rows)]).size).toBe(2);
  });
});

describe('a watch', () => {
  const putA3: Change = (txn) => txn.put(rows, { id: 'a/3', group: 'new' });
  const touchA1: Change = (txn) => txn.put(rows, { id: 'a/1', group: 'g' });

  test.each<[string, (v: StateView) => unknown, Change, boolean]>([
    ['its key is written', (v) => v.get(rows, 'a/1'), touchA1, true],
    ['another key is written', (v) => v.get(rows, 'a/1'), putA3, false],
    ['its key goes', (v) => v.get(rows, 'a/1'), (t) => t.delete(rows, 'a/1'), true],
    ['an absent key appears', (v) => v.get(rows, 'a/3'), putA3, true],
    ['an absent key is deleted', (v) => v.get(rows, 'a/3'), (t) => t.delete(rows, 'a/3'), false],
    ['a neighbour of an absent key appears', (v) => v.get(rows, 'a/'), putA3, false],
    ['the same id of another table', (v) => v.get(others, 'a/1'), touchA1, false],
    ['a key under its prefix', (v) => v.prefix(rows, 'a/'), putA3, true],
    ['a key that is its prefix', (v) => v.prefix(rows, 'a/3'), putA3, true],
    ['a key beside its prefix', (v) => v.prefix(rows, 'b/'), putA3, false],
    ['a key shorter than its prefix', (v) => v.prefix(rows, 'a/34'), putA3, false],
    ['any key, for the count', (v) => v.count(rows), putA3, true],
    ['any key, for the keys', (v) => v.keysOf(rows, 'group'), putA3, true],
    ['a row under its key changes', (v) => v.getBy(rows, 'group', 'g'), touchA1, true],
    ['a row joins its key', (v) => v.getBy(rows, 'group', 'new'), putA3, true],
    ['a row of another key changes', (v) => v.getBy(rows, 'group', 'h'), touchA1, false],
    ['a key under its key prefix', (v) => v.prefixBy(rows, 'group', 'n'), putA3, true],
    ['a key beside its key prefix', (v) => v.prefixBy(rows, 'group', 'x'), putA3, false],
    [
      'a row leaves its key',
      (v) => v.getBy(rows, 'group', 'g'),
      (t) => t.put(rows, { id: 'a/1', group: 'h' }),
      true,
    ],
    [
      'its rows are deleted by prefix',
      (v) => v.getBy(rows, 'group', 'g'),
      (t) => t.deletePrefix(rows, 'a/'),
      true,
    ],
    [
      'another prefix is deleted',
      (v) => v.get(rows, 'b/1'),
      (t) => t.deletePrefix(rows, 'a'),
      false,
    ],
    ['nothing is changed', (v) => v.prefix(rows, ''), () => {}, false],
  ])('when %s', (_, query, change, expected) => {
    expect(seeded().wakes(query, change)).toBe(expected);
  });

  test('is not woken by reaping', () => {
    const world = seeded();
    world.next((txn) => txn.deletePrefix(rows, 'a/'));
    const reap: Change = (txn) => world.store.reapTombstones(txn, world.index);
    expect(world.wakes((v) => v.prefix(rows, ''), reap)).toBe(false);
    expect(world.indexOf((v) => v.prefix(rows, 'a/'))).toBe(41);
  });

  test('fires at once when something changed between the read and the watch', () => {
    const world = seeded();
    const read = world.read((v) => v.get(rows, 'a/1'));
    const unrelated = world.read((v) => v.get(rows, 'b/1'));
    world.next((txn) => txn.delete(rows, 'a/1'));
    world.next((txn) => world.store.reapTombstones(txn, world.index));
    let fired = 0;
    expect(world.store.watch(read, () => fired++).fired).toBe(true);
    expect(fired).toBe(1);
    expect(world.store.changed(read)).toBe(true);
    expect(world.store.changed(unrelated)).toBe(false);
    expect(world.store.watch(unrelated, () => fired++).fired).toBe(false);
    expect(world.store.watchCount).toBe(1);
  });

  test('fires once, after the commit is visible, and not when the transaction is aborted', () => {
    const world = seeded();
    const read = world.read((v) => [v.get(rows, 'a/1'), v.prefix(rows, 'a'), v.count(rows)]);
    const seen: unknown[] = [];
    world.store.watch(read, () => seen.push(world.store.view().get(rows, 'a/1')));
    const aborted = world.store.write(50);
    touchA1(aborted);
    aborted.abort();
    expect(seen).toEqual([]);
    world.at(51, (txn) => {
      txn.put(rows, { id: 'a/1', group: 'x' });
      txn.delete(rows, 'a/2');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([{ id: 'a/1', group: 'x' }]);
    world.next(touchA1);
    expect(seen.length).toBe(1);
    expect(world.store.watchCount).toBe(0);
  });

  test('that is cancelled never fires, even by a callback of the same commit', () => {
    const world = seeded();
    const read = world.read((v) => v.get(rows, 'a/1'));
    const fired: string[] = [];
    const first = world.store.watch(read, () => {
      fired.push('first');
      second.cancel();
    });
    const second = world.store.watch(read, () => fired.push('second'));
    const third = world.store.watch(read, () => fired.push('third'));
    third.cancel();
    third.cancel();
    world.next(touchA1);
    expect(fired).toEqual(['first']);
    expect([first.fired, second.fired, third.fired]).toEqual([true, false, false]);
    expect(world.store.watchCount).toBe(0);
  });

  test('may watch again or write from its callback', () => {
    const world = seeded();
    let woken = 0;
    const again = () => {
      woken++;
      world.store.watch(
        world.read((v) => v.get(rows, 'a/1')),
        again,
      );
      if (woken === 2) world.next(touchA1);
    };
    world.store.watch(
      world.read((v) => v.get(rows, 'a/1')),
      again,
    );
    world.next(touchA1);
    expect(woken).toBe(1);
    world.next(touchA1);
    expect(woken).toBe(3);
    expect(world.store.watchCount).toBe(1);
  });

  test('whose callback throws does not keep the others asleep', () => {
    const world = seeded();
    const read = world.read((v) => v.get(rows, 'a/1'));
    const fired: number[] = [];
    world.store.watch(read, () => {
      throw new Error('first');
    });
    world.store.watch(read, () => fired.push(2));
    expect(() => world.next(touchA1)).toThrow('first');
    expect(fired).toEqual([2]);
    expect(world.store.view().index).toBe(41);
    world.next(touchA1);
  });

  test('refuses dependencies of its own making', () => {
    expect(() => seeded().store.watch({ index: 1, size: 0 }, () => {})).toThrow('assertion');
  });
});

const key = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 });
const change = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('put' as const), id: key, group: key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), id: key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deletePrefix' as const), id: key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reap' as const), back: fc.nat(4) }) },
);

/** Every form of read of one key. */
function queriesOf(k: string): ((view: StateView) => unknown)[] {
  return [
    (v) => v.get(rows, k),
    (v) => [...v.prefix(rows, k)],
    (v) => v.getBy(rows, 'group', k),
    (v) => [...v.prefixBy(rows, 'group', k)],
    (v) => [...v.keysOf(rows, 'group', k)],
  ];
}

test('for any history: no missed change, no index that goes back, no idle wake-up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 40 }),
      fc.uniqueArray(key, { minLength: 1, maxLength: 4 }),
      (history, keys) => {
        const world = new World();
        const queries = keys.flatMap(queriesOf);
        for (const changes of history) {
          const before = queries.map((query) => {
            const view = world.store.trackingView();
            const result = query(view);
            const dependencies = view.dependencies();
            return { result, dependencies, watch: world.store.watch(dependencies, () => {}) };
          });
          let writes = false;
          world.next((txn) => {
            for (const one of changes) {
              if (one.do === 'put') txn.put(rows, { id: one.id, group: one.group });
              else if (one.do === 'delete') txn.delete(rows, one.id);
              else if (one.do === 'deletePrefix') txn.deletePrefix(rows, one.id);
              else world.store.reapTombstones(txn, world.index - one.back);
              writes ||= one.do !== 'reap';
            }
          });
          queries.forEach((query, i) => {
            const { result, dependencies, watch } = before[i]!;
            const view = world.store.trackingView();
            const now = query(view);
            const { index } = view.dependencies();
            expect(index).toBeGreaterThanOrEqual(dependencies.index);
            expect(index).toBeLessThanOrEqual(world.index);
            if (JSON.stringify(now) !== JSON.stringify(result)) {
              expect(watch.fired).toBe(true);
              expect(index).toBe(world.index);
            }
            if (watch.fired) {
              expect(writes).toBe(true);
              expect(world.store.changed(dependencies)).toBe(true);
            }
            watch.cancel();
          });
          expect(world.store.watchCount).toBe(0);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('10,000 parked watches: an unrelated write wakes none, a write to their key all', () => {
  const world = new World();
  const fired = { shared: 0, own: 0, prefix: 0 };
  const shared = world.read((v) => v.get(rows, 'shared'));
  for (let i = 0; i < 5000; i++) world.store.watch(shared, () => fired.shared++);
  for (let i = 0; i < 4000; i++) {
    world.store.watch(
      world.read((v) => v.get(rows, `own/${i}`)),
      () => fired.own++,
    );
  }
  for (let i = 0; i < 1000; i++) {
    world.store.watch(
      world.read((v) => v.prefix(rows, `p/${i}/`)),
      () => fired.prefix++,
    );
  }
  expect(world.store.watchCount).toBe(10000);
  world.next((txn) => txn.put(rows, { id: 'unrelated', group: 'shared' }));
  expect(fired).toEqual({ shared: 0, own: 0, prefix: 0 });
  world.next((txn) => txn.put(rows, { id: 'shared', group: '' }));
  expect(fired).toEqual({ shared: 5000, own: 0, prefix: 0 });
  world.next((txn) => txn.put(rows, { id: 'own/7', group: '' }));
  world.next((txn) => txn.put(rows, { id: 'p/7/x', group: '' }));
  expect(fired).toEqual({ shared: 5000, own: 1, prefix: 1 });
  expect(world.store.watchCount).toBe(4998);
});
