import type { LogEntry, LogStore, LogWrite, StoredLog } from '@mesh/raft';
import { seededRandom } from './fault-settings.ts';
import { LogModel } from './log-model.ts';

/** An entry for tests; its data tells its index. */
export function testEntry(index: number, term = 1): LogEntry {
  return { index, term, kind: 'command', data: new Uint8Array([index & 0xff, index >> 8]) };
}

/** Where stores of one test live. */
export interface LogStorePlace {
  /** A new store on what earlier ones left. */
  store(): LogStore;
  /** Whether they leave anything. */
  readonly durable: boolean;
  /** Called after the last store was closed. */
  remove?(): void;
}

const NEW: StoredLog = {
  hardState: { term: 0, votedFor: '', commitIndex: 0 },
  base: { index: 0, term: 0 },
  lastIndex: 0,
};
const ALL = Number.MAX_SAFE_INTEGER;

/** A store and what tests do with it. */
class StoreBench {
  readonly place: LogStorePlace;
  store: LogStore;
  opened: StoredLog | undefined;

  constructor(place: LogStorePlace) {
    this.place = place;
    this.store = place.store();
  }

  /** Goes on with a new store on the same place, where there is one. */
  async reopen(): Promise<StoredLog | undefined> {
    if (!this.place.durable) return undefined;
    await this.store.close();
    this.store = this.place.store();
    return this.store.open();
  }

  append(...indexes: number[]): Promise<void> {
    return this.store.write({ entries: indexes.map((index) => testEntry(index)) });
  }

  indexes(from: number, to: number, maxBytes = ALL): number[] {
    return this.store.read(from, to, maxBytes).map(({ index }) => index);
  }
}

/** Contract suite that every LogStore passes. Call it inside a spec file. */
export function describeLogStore(name: string, makePlace: () => LogStorePlace): void {
  describe(`LogStore contract: ${name}`, () => {
    let bench: StoreBench;
    beforeEach(async () => {
      bench = new StoreBench(makePlace());
      bench.opened = await bench.store.open();
    });
    afterEach(async () => {
      await bench.store.close();
      bench.place.remove?.();
    });

    openingRules(() => bench);
    entryRules(() => bench);
    positionRules(() => bench);
  });
}

function openingRules(current: () => StoreBench): void {
  it('is empty at first', () => {
    const bench = current();
    expect(bench.opened).toEqual(NEW);
    expect(bench.store.read(1, 10, ALL)).toEqual([]);
  });

  it('keeps term, vote and commit index', async () => {
    const bench = current();
    await bench.store.write({ hardState: { term: 7, votedFor: 'a', commitIndex: 0 }, entries: [] });
    const hardState = { term: 8, votedFor: 'bé', commitIndex: 1 };
    await bench.store.write({ hardState, entries: [testEntry(1), testEntry(2)] });
    const again = await bench.reopen();
    if (again) expect(again.hardState).toEqual(hardState);
    const later = { ...hardState, commitIndex: 2 };
    await bench.store.write({ hardState: later, entries: [testEntry(3)] });
    const last = await bench.reopen();
    if (last) expect(last.hardState).toEqual(later);
  });

  it('finishes the write under way before it closes; then it refuses', async () => {
    const bench = current();
    const written = bench.append(1, 2);
    await bench.store.close();
    await bench.store.close();
    await written;
    await expect(bench.append(3)).rejects.toThrow('closed');
    const again = await bench.reopen();
    expect(again?.lastIndex ?? 2).toBe(2);
  });

  it.each([1, 2, 3])('does what a simple model does, seed %i', async (seed) => {
    const bench = current();
    const random = seededRandom(seed);
    const model = new LogModel();
    for (let step = 0; step < 150; step++) {
      const write: LogWrite = model.randomWrite(random);
      model.apply(write);
      await bench.store.write(write);
      expect(plain(bench.store.read(1, ALL, ALL))).toEqual(plain(model.entries));
      if (random() < 0.05) expect((await bench.reopen()) ?? model.stored).toEqual(model.stored);
    }
  });
}

function entryRules(current: () => StoreBench): void {
  it('returns what was appended, in order, with kinds and bytes', async () => {
    const bench = current();
    const kinds: LogEntry[] = [
      { index: 1, term: 2, kind: 'noop', data: new Uint8Array(0) },
      { index: 2, term: 2, kind: 'configuration', data: new Uint8Array([1, 2, 3]) },
      { index: 3, term: 5, kind: 'command', data: new Uint8Array(70_000).fill(9) },
    ];
    await bench.store.write({ entries: kinds });
    await bench.store.write({ entries: [testEntry(4, 2 ** 40)] });
    expect(plain(bench.store.read(1, 9, ALL))).toEqual(plain([...kinds, testEntry(4, 2 ** 40)]));
    expect((await bench.reopen())?.lastIndex ?? 4).toBe(4);
    expect(plain(bench.store.read(1, 9, ALL))).toEqual(plain([...kinds, testEntry(4, 2 ** 40)]));
  });

  it('reads what is asked for and no more', async () => {
    const bench = current();
    await bench.append(1, 2, 3, 4, 5);
    expect(bench.indexes(2, 4)).toEqual([2, 3, 4]);
    expect(bench.indexes(4, 99)).toEqual([4, 5]);
    expect(bench.indexes(6, 99)).toEqual([]);
    expect(bench.indexes(3, 2)).toEqual([]);
  });

  it('stops at a number of bytes, yet answers one entry', async () => {
    const bench = current();
    await bench.append(1, 2, 3, 4, 5);
    expect(bench.indexes(1, 5, 0)).toEqual([1]);
    expect(bench.indexes(1, 5, 4)).toEqual([1, 2]);
    expect(bench.indexes(2, 5, 5)).toEqual([2, 3]);
  });

  it('owns what it was given until the write is over, and no longer', async () => {
    const bench = current();
    const data = new Uint8Array([1, 2, 3]);
    await bench.store.write({ entries: [{ index: 1, term: 1, kind: 'command', data }] });
    data.fill(0);
    expect([...bench.store.read(1, 1, ALL)[0]!.data]).toEqual([1, 2, 3]);
  });

  it('refuses a gap, and then is as before', async () => {
    const bench = current();
    await bench.append(1);
    await expect(bench.append(3)).rejects.toThrow('follow');
    await expect(bench.append(2, 4)).rejects.toThrow('follow');
    expect(bench.indexes(1, 9)).toEqual([1]);
    await bench.append(2);
    expect(bench.indexes(1, 9)).toEqual([1, 2]);
    expect((await bench.reopen())?.lastIndex ?? 2).toBe(2);
  });
}

function positionRules(current: () => StoreBench): void {
  it('replaces a suffix', async () => {
    const bench = current();
    await bench.append(1, 2, 3, 4);
    await bench.store.write({ truncateFrom: 3, entries: [testEntry(3, 2)] });
    expect(plain(bench.store.read(1, 9, ALL)).map(({ term }) => term)).toEqual([1, 1, 2]);
    await bench.store.write({ truncateFrom: 2, entries: [] });
    expect(bench.indexes(1, 9)).toEqual([1]);
    expect((await bench.reopen())?.lastIndex ?? 1).toBe(1);
    expect(bench.indexes(1, 9)).toEqual([1]);
  });

  it('drops a prefix that a snapshot holds', async () => {
    const bench = current();
    await bench.append(1, 2, 3, 4);
    await bench.store.write({ base: { index: 2, term: 1 }, entries: [] });
    expect(bench.indexes(1, 9)).toEqual([3, 4]);
    const again = await bench.reopen();
    if (again) expect(again).toEqual({ ...NEW, base: { index: 2, term: 1 }, lastIndex: 4 });
    expect(bench.indexes(1, 9)).toEqual([3, 4]);
    await bench.append(5);
    await bench.store.write({ base: { index: 5, term: 1 }, entries: [] });
    expect(bench.indexes(1, 9)).toEqual([]);
    await bench.append(6);
    expect((await bench.reopen())?.base ?? { index: 5, term: 1 }).toEqual({ index: 5, term: 1 });
    expect(bench.indexes(1, 9)).toEqual([6]);
  });

  it('starts behind a snapshot that is beyond its end', async () => {
    const bench = current();
    await bench.append(1, 2, 3);
    const hardState = { term: 4, votedFor: '', commitIndex: 100 };
    await bench.store.write({ hardState, base: { index: 100, term: 4 }, entries: [] });
    expect(bench.indexes(1, 200)).toEqual([]);
    await expect(bench.append(4)).rejects.toThrow('follow');
    await bench.append(101);
    const expected = { hardState, base: { index: 100, term: 4 }, lastIndex: 101 };
    expect((await bench.reopen()) ?? expected).toEqual(expected);
    expect(bench.indexes(1, 200)).toEqual([101]);
  });

  it('does all parts of a write in their order', async () => {
    const bench = current();
    await bench.append(1, 2, 3, 4);
    await bench.store.write({
      hardState: { term: 3, votedFor: 'c', commitIndex: 2 },
      truncateFrom: 3,
      base: { index: 5, term: 3 },
      entries: [testEntry(6, 3), testEntry(7, 3)],
    });
    expect(bench.indexes(1, 9)).toEqual([6, 7]);
    const again = await bench.reopen();
    if (again) expect(again.hardState).toEqual({ term: 3, votedFor: 'c', commitIndex: 2 });
  });

  it('drops long prefixes', async () => {
    const bench = current();
    const rows = Array.from({ length: 5000 }, (_, at) => testEntry(at + 1));
    await bench.store.write({ entries: rows });
    await bench.store.write({ base: { index: 4000, term: 1 }, entries: [] });
    expect(bench.store.read(1, 5000, ALL)).toHaveLength(1000);
    for (let index = 5001; index < 5010; index++) await bench.append(index);
    expect((await bench.reopen())?.base.index ?? 4000).toBe(4000);
    expect(bench.store.read(1, 6000, ALL)).toHaveLength(1009);
  });
}

/** Entries as plain values: stores may answer any kind of byte array. */
function plain(entries: readonly LogEntry[]) {
  return entries.map(({ data, ...rest }) => ({ ...rest, data: Buffer.from(data).toString('hex') }));
}
