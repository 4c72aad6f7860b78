import type { SnapshotMeta, SnapshotPosition, SnapshotStore } from '@mesh/raft';

/** Where stores of one test live. */
export interface SnapshotStorePlace {
  /** A new store on what earlier ones left. */
  store(): SnapshotStore;
  /** Whether they leave anything. */
  readonly durable: boolean;
  remove?(): void;
}

/** A position for tests, with two servers. */
export function testPosition(index: number, term = 1): SnapshotPosition {
  const configuration = {
    servers: [
      { id: 'a', address: '127.0.0.1:8300', suffrage: 'voter' as const },
      { id: 'b', address: '127.0.0.2:8300', suffrage: 'non-voter' as const },
    ],
  };
  return { index, term, configuration, configurationIndex: Math.max(0, index - 1) };
}

/** Writes a whole snapshot. */
export async function writeSnapshot(
  store: SnapshotStore,
  position: SnapshotPosition,
  ...chunks: Uint8Array[]
): Promise<SnapshotMeta> {
  const sink = await store.create(position);
  for (const chunk of chunks) await sink.write(chunk);
  return sink.finish();
}

/** Reads a whole snapshot. */
export async function readSnapshot(store: SnapshotStore, id: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(id)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes that are not all alike. */
export function testBytes(length: number, seed = 0): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + seed) & 0xff;
  return bytes;
}

/** A store and what tests do with it. */
class SnapshotBench {
  readonly place: SnapshotStorePlace;
  store: SnapshotStore;

  constructor(place: SnapshotStorePlace) {
    this.place = place;
    this.store = place.store();
  }

  /** Goes on with a new store on the same place, where there is one. */
  again(): void {
    if (this.place.durable) this.store = this.place.store();
  }
}

/** Contract suite that every SnapshotStore passes. Call it inside a spec file. */
export function describeSnapshotStore(name: string, makePlace: () => SnapshotStorePlace): void {
  describe(`SnapshotStore contract: ${name}`, () => {
    let bench: SnapshotBench;
    beforeEach(() => {
      bench = new SnapshotBench(makePlace());
    });
    afterEach(() => bench.place.remove?.());

    contentRules(() => bench);
    orderRules(() => bench);
  });
}

function contentRules(current: () => SnapshotBench): void {
  it('is empty at first', async () => {
    const bench = current();
    expect(await bench.store.list()).toEqual([]);
  });

  it('gives back what was written, and where it stands', async () => {
    const bench = current();
    const position = testPosition(7, 3);
    const meta = await writeSnapshot(bench.store, position, testBytes(1000), testBytes(5, 1));
    expect(meta).toEqual({
      ...position,
      id: expect.stringMatching(/^3-7-\d+$/),
      sizeBytes: 1005,
    });
    bench.again();
    expect(await bench.store.list()).toEqual([meta]);
    const bytes = Buffer.concat([testBytes(1000), testBytes(5, 1)]);
    expect((await readSnapshot(bench.store, meta.id)).equals(bytes)).toBe(true);
  });

  it('holds an empty one', async () => {
    const bench = current();
    const meta = await writeSnapshot(bench.store, testPosition(1));
    bench.again();
    expect(meta.sizeBytes).toBe(0);
    expect(await bench.store.list()).toEqual([meta]);
    expect(await readSnapshot(bench.store, meta.id)).toHaveLength(0);
  });

  it('takes chunks of any size and gives bounded ones', async () => {
    const bench = current();
    const chunks = [1, 0, 300_000, 3_000_001, 17].map((length, at) => testBytes(length, at));
    const expected = Buffer.concat(chunks);
    const meta = await writeSnapshot(bench.store, testPosition(5), ...chunks);
    bench.again();
    expect((await readSnapshot(bench.store, meta.id)).equals(expected)).toBe(true);
    if (!bench.place.durable) return;
    for await (const chunk of bench.store.read(meta.id)) {
      expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
    }
  });

  it('shows nothing before the end', async () => {
    const bench = current();
    const sink = await bench.store.create(testPosition(5));
    await sink.write(testBytes(400_000));
    expect(await bench.store.list()).toEqual([]);
    await sink.finish();
    expect(await bench.store.list()).toHaveLength(1);
  });

  it('leaves nothing of one that was dropped', async () => {
    const bench = current();
    const first = await writeSnapshot(bench.store, testPosition(3), testBytes(10));
    const sink = await bench.store.create(testPosition(5));
    await sink.write(testBytes(400_000));
    await sink.abort();
    await sink.abort();
    expect(await bench.store.list()).toEqual([first]);
    bench.again();
    expect(await bench.store.list()).toEqual([first]);
  });
}

function orderRules(current: () => SnapshotBench): void {
  it('lists the newest first and keeps two at most', async () => {
    const bench = current();
    const ids: string[] = [];
    for (const index of [2, 9, 10, 100]) {
      ids.unshift((await writeSnapshot(bench.store, testPosition(index), testBytes(index))).id);
      const listed = (await bench.store.list()).map(({ id }) => id);
      expect(listed[0]).toBe(ids[0]);
      expect(listed).toEqual(ids.slice(0, listed.length));
      expect(listed.length).toBeLessThanOrEqual(2);
    }
  });

  it('tells two of the same position apart', async () => {
    const bench = current();
    const first = await writeSnapshot(bench.store, testPosition(4), testBytes(10, 1));
    const second = await writeSnapshot(bench.store, testPosition(4), testBytes(10, 2));
    expect(second.id).not.toBe(first.id);
    expect((await bench.store.list())[0]).toEqual(second);
    expect((await readSnapshot(bench.store, second.id)).equals(testBytes(10, 2))).toBe(true);
  });

  it('writes two at a time', async () => {
    const bench = current();
    const older = await bench.store.create(testPosition(4));
    const newer = await bench.store.create(testPosition(6));
    await newer.write(testBytes(300_000, 6));
    await older.write(testBytes(300_000, 4));
    await older.finish();
    const meta = await newer.finish();
    expect((await bench.store.list())[0]).toEqual(meta);
    expect((await readSnapshot(bench.store, meta.id)).equals(testBytes(300_000, 6))).toBe(true);
  });

  it('lets a reader finish although the snapshot was pushed out', async () => {
    const bench = current();
    const bytes = testBytes(3_000_000);
    const old = await writeSnapshot(
      bench.store,
      testPosition(1),
      bytes.subarray(0, 10),
      bytes.subarray(10),
    );
    const reader = bench.store.read(old.id)[Symbol.asyncIterator]();
    const parts = [(await reader.next()).value as Uint8Array];
    for (const index of [2, 3, 4])
      await writeSnapshot(bench.store, testPosition(index), testBytes(5));
    expect((await bench.store.list()).map(({ id }) => id)).not.toContain(old.id);
    for (let next = await reader.next(); !next.done; next = await reader.next()) {
      parts.push(next.value);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('refuses to read one that is not there', async () => {
    const bench = current();
    for (const id of ['1-1-1', '../../etc', '']) {
      await expect(readSnapshot(bench.store, id)).rejects.toMatchObject({ code: 'unavailable' });
    }
  });
}
