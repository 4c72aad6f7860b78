/**
 * Micro benchmark of the state store, run by hand from the root of the repository:
 *
 *   npx esbuild libs/state/bench/state-bench.ts --bundle --platform=node \
 *     --conditions=@mesh/source --outfile=/tmp/state-bench.cjs && node --expose-gc /tmp/state-bench.cjs
 *
 * Prints operations a second of one core.
 */
import { createStateStore, defineTable } from '@mesh/state';

interface Pair {
  readonly key: string;
  readonly session: string;
  readonly value: Uint8Array;
}
interface Instance {
  readonly node: string;
  readonly service: string;
}

const pairs = defineTable<Pair>({
  name: 'kv',
  id: (pair) => pair.key,
  indexes: { session: (pair) => pair.session || undefined },
});
const instances = defineTable<Instance>({
  name: 'services',
  id: (row) => `${row.node}/${row.service}`,
  indexes: { node: (row) => row.node, service: (row) => row.service },
});

const KEYS = 100_000;
const value = new Uint8Array(100);
const keys = Array.from({ length: KEYS }, (_, i) => `app/config/${(i * 7919) % KEYS}/setting`);

const store = createStateStore([pairs, instances]);
let index = 0;

function report(name: string, count: number, run: () => void): void {
  const start = process.hrtime.bigint();
  run();
  const ns = Number(process.hrtime.bigint() - start);
  const perSecond = Math.round((count / ns) * 1e9);
  console.log(
    `${name.padEnd(52)} ${String(perSecond).padStart(12)}/s ` +
      `${(ns / count).toFixed(0).padStart(8)} ns`,
  );
}

function write(change: (txn: ReturnType<typeof store.write>) => void): void {
  const txn = store.write(++index);
  change(txn);
  txn.commit();
}

function put(key: string): void {
  write((txn) => txn.put(pairs, { key, session: '', value }));
}

function heapMib(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1048576;
}

const emptyMib = heapMib();
report(`put, new key, ${KEYS} of them, one a transaction`, KEYS, () => keys.forEach(put));
console.log(`  heap ${(heapMib() - emptyMib).toFixed(1)} MiB for ${KEYS} keys`);
for (let round = 0; round < 2; round++) {
  report('put, key there, one a transaction', KEYS, () => keys.forEach(put));
}
report('put, 64 a transaction', KEYS, () => {
  for (let i = 0; i < KEYS; i += 64) {
    write((txn) => {
      for (let k = i; k < Math.min(i + 64, KEYS); k++) {
        txn.put(pairs, { key: keys[k]!, session: '', value });
      }
    });
  }
});
report('get by view()', KEYS * 4, () => {
  for (let i = 0; i < 4; i++) for (const key of keys) store.view().get(pairs, key);
});
report('get by trackingView(), with dependencies()', KEYS * 2, () => {
  for (let i = 0; i < 2; i++) {
    for (const key of keys) {
      const view = store.trackingView();
      view.get(pairs, key);
      view.dependencies();
    }
  }
});
report('rows of a prefix of all', KEYS, () => {
  let count = 0;
  for (const pair of store.view().prefix(pairs, '')) count += pair.key.length > 0 ? 1 : 0;
  if (count !== KEYS) throw new Error(`${count} rows`);
});

write((txn) => {
  for (let s = 0; s < 1000; s++) {
    for (let n = 0; n < 5; n++)
      txn.put(instances, { node: `node${s % 100}-${n}`, service: `s${s}` });
  }
});
report('getBy, 5 rows, tracked', KEYS, () => {
  for (let i = 0; i < KEYS; i++) {
    const view = store.trackingView();
    view.getBy(instances, 'service', `s${i % 1000}`);
    view.dependencies();
  }
});
report('put, two secondary indexes', KEYS, () => {
  for (let i = 0; i < KEYS; i++) {
    const row = { node: `node${i % 100}-${i % 5}`, service: `s${i % 1000}` };
    write((txn) => txn.put(instances, row));
  }
});
report('keysOf, 1,000 keys (per key)', 1_000_000, () => {
  let length = 0;
  for (let i = 0; i < 1000; i++) {
    for (const key of store.view().keysOf(instances, 'service')) length += key.length;
  }
  if (length === 0) throw new Error('no keys');
});

const before = heapMib();
let woken = 0;
report('watch, parked, own key each', 100_000, () => {
  for (let i = 0; i < 100_000; i++) {
    const view = store.trackingView();
    view.get(pairs, keys[i % KEYS]!);
    store.watch(view.dependencies(), () => woken++);
  }
});
console.log(`  heap ${(((heapMib() - before) * 1048576) / 100_000).toFixed(0)} bytes a watch`);
report('put, unrelated to 100,000 watches', KEYS, () => {
  for (let i = 0; i < KEYS; i++) put(`other/${i % 1000}`);
});
if (woken !== 0) throw new Error(`${woken} woken`);
report('put that wakes one of them', KEYS, () => keys.forEach(put));
if (woken !== 100_000) throw new Error(`${woken} woken`);

const tracked = store.trackingView();
tracked.get(pairs, keys[0]!);
const shared = tracked.dependencies();
const beforeShared = heapMib();
report('watch of one key, parked', 100_000, () => {
  for (let i = 0; i < 100_000; i++) store.watch(shared, () => woken++);
});
console.log(
  `  heap ${(((heapMib() - beforeShared) * 1048576) / 100_000).toFixed(0)} bytes a watch`,
);
report('woken by one put (per watch)', 100_000, () => put(keys[0]!));
report('dump (per record)', KEYS, () => {
  for (const record of store.dump(store.view())) record.kind;
});
const dumped = [...store.dump(store.view())];
report('restore (per record)', dumped.length, () => {
  const restore = store.restore();
  for (const record of dumped) restore.add(record);
  restore.finish();
});
report('deletePrefix of all (per row)', KEYS, () => {
  index = store.view().index;
  write((txn) => txn.deletePrefix(pairs, ''));
});
report('reap of all (per tombstone)', KEYS, () => {
  write((txn) => store.reapTombstones(txn, index));
});
