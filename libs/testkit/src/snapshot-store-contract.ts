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

/** Contract suite that every SnapshotStore passes. Call it inside a spec file. */
export function describeSnapshotStore(name: string, makePlace: () => SnapshotStorePlace): void {
  describe(`SnapshotStore contract: ${name}`, () => {
    let place: SnapshotStorePlace;
    let store: SnapshotStore;
    beforeEach(() => {
      place = makePlace();
      store = place.store();
    });
    afterEach(() => place.remove?.());

    const again = () => {
      if (place.durable) store = place.store();
    };

    it('is empty at first', async () => {
      expect(await store.list()).toEqual([]);
    });

    it('gives back what was written, and where it stands', async () => {
      const position = testPosition(7, 3);
      const meta = await writeSnapshot(store, position, testBytes(1000), testBytes(5, 1));
      expect(meta).toEqual({
        ...position,
        id: expect.stringMatching(/^3-7-\d+$/),
        sizeBytes: 1005,
      });
      again();
      expect(await store.list()).toEqual([meta]);
      const bytes = Buffer.concat([testBytes(1000), testBytes(5, 1)]);
      expect((await readSnapshot(store, meta.id)).equals(bytes)).toBe(true);
    });

    it('holds an empty one', async () => {
      const meta = await writeSnapshot(store, testPosition(1));
      again();
      expect(meta.sizeBytes).toBe(0);
      expect(await store.list()).toEqual([meta]);
      expect(await readSnapshot(store, meta.id)).toHaveLength(0);
    });

    it('takes chunks of any size and gives bounded ones', async () => {
      const chunks = [1, 0, 300_000, 3_000_001, 17].map((length, at) => testBytes(length, at));
      const expected = Buffer.concat(chunks);
      const meta = await writeSnapshot(store, testPosition(5), ...chunks);
      again();
      expect((await readSnapshot(store, meta.id)).equals(expected)).toBe(true);
      if (!place.durable) return;
      for await (const chunk of store.read(meta.id)) {
        expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
      }
    });

    it('shows nothing before the end', async () => {
      const sink = await store.create(testPosition(5));
      await sink.write(testBytes(400_000));
      expect(await store.list()).toEqual([]);
      await sink.finish();
      expect(await store.list()).toHaveLength(1);
    });

    it('leaves nothing of one that was dropped', async () => {
      const first = await writeSnapshot(store, testPosition(3), testBytes(10));
      const sink = await store.create(testPosition(5));
      await sink.write(testBytes(400_000));
      await sink.abort();
      await sink.abort();
      expect(await store.list()).toEqual([first]);
      again();
      expect(await store.list()).toEqual([first]);
    });

    it('lists the newest first and keeps two at most', async () => {
      const ids: string[] = [];
      for (const index of [2, 9, 10, 100]) {
        ids.unshift((await writeSnapshot(store, testPosition(index), testBytes(index))).id);
        const listed = (await store.list()).map(({ id }) => id);
        expect(listed[0]).toBe(ids[0]);
        expect(listed).toEqual(ids.slice(0, listed.length));
        expect(listed.length).toBeLessThanOrEqual(2);
      }
    });

    it('tells two of the same position apart', async () => {
      const first = await writeSnapshot(store, testPosition(4), testBytes(10, 1));
      const second = await writeSnapshot(store, testPosition(4), testBytes(10, 2));
      expect(second.id).not.toBe(first.id);
      expect((await store.list())[0]).toEqual(second);
      expect((await readSnapshot(store, second.id)).equals(testBytes(10, 2))).toBe(true);
    });

    it('writes two at a time', async () => {
      const older = await store.create(testPosition(4));
      const newer = await store.create(testPosition(6));
      await newer.write(testBytes(300_000, 6));
      await older.write(testBytes(300_000, 4));
      await older.finish();
      const meta = await newer.finish();
      expect((await store.list())[0]).toEqual(meta);
      expect((await readSnapshot(store, meta.id)).equals(testBytes(300_000, 6))).toBe(true);
    });

    it('lets a reader finish although the snapshot was pushed out', async () => {
      const bytes = testBytes(3_000_000);
      const old = await writeSnapshot(
        store,
        testPosition(1),
        bytes.subarray(0, 10),
        bytes.subarray(10),
      );
      const reader = store.read(old.id)[Symbol.asyncIterator]();
      const parts = [(await reader.next()).value as Uint8Array];
      for (const index of [2, 3, 4]) await writeSnapshot(store, testPosition(index), testBytes(5));
      expect((await store.list()).map(({ id }) => id)).not.toContain(old.id);
      for (let next = await reader.next(); !next.done; next = await reader.next()) {
        parts.push(next.value);
      }
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    });

    it('refuses to read one that is not there', async () => {
      for (const id of ['1-1-1', '../../etc', '']) {
        await expect(readSnapshot(store, id)).rejects.toMatchObject({ code: 'unavailable' });
      }
    });
  });
}
