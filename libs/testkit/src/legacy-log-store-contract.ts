import type { LegacyLogStore, LogEntry } from '@mesh/raft';
import { testEntry } from './log-store-contract.ts';

/** Contract suite that every LegacyLogStore passes. Call it inside a spec file. */
export function describeLegacyLogStore(name: string, open: () => LegacyLogStore): void {
  describe(`LegacyLogStore contract: ${name}`, () => {
    let store: LegacyLogStore;
    beforeEach(() => {
      store = open();
    });
    afterEach(() => store.close());

    it('is empty at first', () => {
      expect(store.firstIndex).toBe(1);
      expect(store.lastIndex).toBe(0);
      expect(store.hardState()).toEqual({ term: 0, votedFor: '' });
      expect(store.read(1, 10)).toEqual([]);
    });

    it('keeps term and vote', async () => {
      await store.saveHardState({ term: 7, votedFor: 'a' });
      expect(store.hardState()).toEqual({ term: 7, votedFor: 'a' });
    });

    it('returns what was appended, in order, with kinds and bytes', async () => {
      const noop: LogEntry = { index: 1, term: 2, kind: 'noop', data: new Uint8Array(0) };
      await store.append([noop, testEntry(2, 2)]);
      await store.append([testEntry(3, 2)]);
      expect(store.lastIndex).toBe(3);
      const entries = store.read(1, 3).map((entry) => ({ ...entry, data: [...entry.data] }));
      expect(entries).toEqual([
        { index: 1, term: 2, kind: 'noop', data: [] },
        { index: 2, term: 2, kind: 'command', data: [2, 0] },
        { index: 3, term: 2, kind: 'command', data: [3, 0] },
      ]);
      expect(store.read(2, 2)).toHaveLength(1);
    });

    it('refuses a gap', async () => {
      await store.append([testEntry(1)]);
      await expect(store.append([testEntry(3)])).rejects.toThrow('follow');
      expect(store.lastIndex).toBe(1);
    });

    it('is as before when a batch fails in the middle', async () => {
      await store.append([testEntry(1)]);
      // By its shape: an error of a native module is no instance of this test context's Error.
      const failure = { message: expect.any(String) };
      await expect(store.append([testEntry(2), testEntry(2)])).rejects.toMatchObject(failure);
      expect(store.lastIndex).toBe(1);
      expect(store.read(1, 9)).toHaveLength(1);
      await store.append([testEntry(2)]);
      expect(store.read(1, 9)).toHaveLength(2);
    });

    it('compacts the head', async () => {
      await store.append([1, 2, 3, 4].map((index) => testEntry(index)));
      await store.compact(2);
      expect(store.firstIndex).toBe(3);
      expect(store.read(1, 9).map((entry) => entry.index)).toEqual([3, 4]);
      await store.compact(1);
      expect(store.firstIndex).toBe(3);
      await store.append([testEntry(5)]);
      expect(store.lastIndex).toBe(5);
    });
  });
}
