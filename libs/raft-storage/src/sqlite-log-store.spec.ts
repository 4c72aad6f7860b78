import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '@mesh/base';
import { silentLogger } from '@mesh/base';
import { SmallDisk } from '@mesh/testkit';
import Database from 'better-sqlite3';
import { EntryReader, LogDatabase } from './log-database.ts';
import { TABLES } from './log-schema.ts';
import { SqliteLogStore } from './sqlite-log-store.ts';
import { appendedEntries, appendedEntry } from './testing/appended-entry.ts';
import { removeTemporaryFolders, temporaryFolder } from './testing/temporary-folder.ts';

const ALL = Number.MAX_SAFE_INTEGER;

afterAll(removeTemporaryFolders);

describe('SqliteLogStore', () => {
  let stores: SqliteLogStore[];
  beforeEach(() => {
    stores = [];
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  function storeIn(folder: string, logger: Logger = silentLogger): SqliteLogStore {
    const store = new SqliteLogStore({ folder, logger });
    stores.push(store);
    return store;
  }

  it('makes a folder and files that nobody else reads', async () => {
    const folder = join(temporaryFolder(), 'data', 'raft');
    const store = storeIn(folder);
    await store.open();
    await store.write({ entries: [appendedEntry(1)] });
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(folder)).toBe(0o700);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['lock', 'raft.db', 'raft.db-mark', 'raft.db-shm', 'raft.db-wal']);
    for (const file of files) expect([file, mode(join(folder, file))]).toEqual([file, 0o600]);
  });

  it('takes the rights of others from a folder that is there', async () => {
    const folder = join(temporaryFolder(), 'raft');
    mkdirSync(folder, { mode: 0o755 });
    await storeIn(folder).open();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is open once at a time', async () => {
    const folder = join(temporaryFolder(), 'raft');
    const first = storeIn(folder);
    await first.open();
    await expect(storeIn(folder).open()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/another server runs on this data folder: .*lock is locked/),
    });
    // The attempt did no harm to the first one, and the lock goes with it.
    await first.write({ entries: [appendedEntry(1)] });
    await first.close();
    expect(await storeIn(folder).open()).toMatchObject({ lastIndex: 1 });
  });

  it('says which file it cannot open', async () => {
    const folder = join(temporaryFolder(), 'raft');
    mkdirSync(join(folder, 'raft.db'), { recursive: true });
    await expect(storeIn(folder).open()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(join(folder, 'raft.db')),
    });
  });

  it('refuses writes before it is open', async () => {
    const store = storeIn(join(temporaryFolder(), 'raft'));
    await expect(store.write({ entries: [] })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes no writes without its thread', async () => {
    const store = storeIn(join(temporaryFolder(), 'raft'));
    await store.open();
    await (Reflect.get(store, 'worker') as Worker).terminate();
    await expect(store.write({ entries: [appendedEntry(1)] })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('its thread has ended'),
    });
  });

  it('keeps the write-ahead log short, and what is read right, over many writes', async () => {
    const folder = join(temporaryFolder(), 'raft');
    const store = storeIn(folder);
    await store.open();
    let last = 0;
    while (last < 60_000) {
      await store.write({ entries: appendedEntries(last + 1, 1000) });
      last += 1000;
    }
    expect(statSync(join(folder, 'raft.db-wal')).size).toBeLessThan(16 * 1024 * 1024);
    expect(store.read(last - 9, last, ALL).map(({ data }) => [...data])).toEqual(
      appendedEntries(last - 9, 10).map(({ data }) => [...data]),
    );
  });

  it('stops taking writes on a full disk, says so, and goes on when there is room', async () => {
    const disk = SmallDisk.mount(24);
    if (!disk) return;
    try {
      const folder = join(disk.path, 'raft');
      const warnings: unknown[] = [];
      const warn = (_: string, fields?: object) => warnings.push(fields);
      const store = storeIn(folder, { ...silentLogger, warn });
      await store.open();
      disk.occupy(256 * 1024);
      let last = 0;
      const append = async () => {
        await store.write({ entries: appendedEntries(last + 1, 50) });
        last += 50;
      };
      const failure = await (async () => {
        for (;;) await append();
      })().catch((error) => error);
      expect(failure).toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^log write failed: .*full \(.*raft\.db\)$/),
      });
      await expect(append()).rejects.toMatchObject({ code: 'unavailable' });
      expect(store.read(last, last + 9, ALL).map(({ index }) => index)).toEqual([last]);
      disk.release();
      await append();
      await store.close();
      const again = storeIn(folder);
      expect(await again.open()).toMatchObject({ lastIndex: last });
      const found = again.read(1, last, ALL);
      expect(found.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(
        appendedEntries(1, last).map(({ data }) => Buffer.from(data).toString('hex')),
      );
      await again.close();
    } finally {
      await Promise.all(stores.map((store) => store.close()));
      disk.unmount();
    }
  });
});

describe('LogDatabase', () => {
  it('leaves nothing of a write for which there is no room', () => {
    const database = new Database(':memory:');
    for (const table of TABLES) database.exec(table);
    const start = {
      hardState: { term: 1, votedFor: 'a', commitIndex: 0 },
      base: { index: 0, term: 0 },
      lastIndex: 0,
    };
    const log = new LogDatabase(database, start, { checksums: true });
    log.apply({ entries: appendedEntries(1, 10) });
    database.pragma(`max_page_count = ${database.pragma('page_count', { simple: true })}`);
    const tooMuch = {
      hardState: { term: 2, votedFor: 'b', commitIndex: 5 },
      truncateFrom: 6,
      base: { index: 3, term: 1 },
      entries: appendedEntries(6, 500),
    };
    expect(() => log.apply(tooMuch)).toThrow('full');
    const indexes = () =>
      new EntryReader(database).read(1, 999, ALL, true).map(({ index }) => index);
    expect(log.state).toEqual({ hardState: start.hardState, base: start.base });
    expect([log.lastIndex, indexes().length]).toEqual([10, 10]);
    database.pragma('max_page_count = 100000');
    log.apply(tooMuch);
    expect(log.lastIndex).toBe(505);
    database.close();
  });
});
