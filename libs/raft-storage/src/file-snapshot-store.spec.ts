import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, silentLogger } from '@mesh/base';
import type { SnapshotMeta } from '@mesh/raft';
import {
  readSnapshot,
  SmallDisk,
  seededRandom,
  testBytes,
  testPosition,
  writeSnapshot,
} from '@mesh/testkit';
import { FileSnapshotStore } from './file-snapshot-store.ts';
import { flipByte, removeTemporaryFolders, temporaryFolder } from './testing/temporary-folder.ts';

const clock = { nowMs: () => 1_600_000_000_000.5 };

afterAll(removeTemporaryFolders);

describe('FileSnapshotStore', () => {
  let folder: string;
  let errors: object[];
  let logger: Logger;
  beforeEach(() => {
    folder = join(temporaryFolder(), 'raft', 'snapshots');
    errors = [];
    logger = { ...silentLogger, error: (_, fields) => errors.push(fields!) };
  });

  const storeIn = (path: string) => new FileSnapshotStore({ folder: path, logger, clock });
  const fileOf = ({ id }: SnapshotMeta, name: string) => join(folder, id, name);

  it('makes folders and files that nobody else reads', async () => {
    const meta = await writeSnapshot(storeIn(folder), testPosition(5), testBytes(10));
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect([mode(folder), mode(join(folder, meta.id))]).toEqual([0o700, 0o700]);
    expect(readdirSync(join(folder, meta.id)).sort()).toEqual(['meta.json', 'state.bin']);
    expect(mode(fileOf(meta, 'meta.json'))).toBe(0o600);
    expect(mode(fileOf(meta, 'state.bin'))).toBe(0o600);
    expect(readFileSync(fileOf(meta, 'state.bin')).equals(testBytes(10))).toBe(true);
  });

  it('removes what a killed process left half-written, and nothing else', async () => {
    const store = storeIn(folder);
    const meta = await writeSnapshot(store, testPosition(5), testBytes(10));
    mkdirSync(join(folder, '1-6-1600000000000.tmp'));
    writeFileSync(join(folder, '1-6-1600000000000.tmp', 'state.bin'), testBytes(1000));
    mkdirSync(join(folder, 'mine.tmp'));
    expect(readdirSync(folder)).toHaveLength(3);
    const again = storeIn(folder);
    expect(await again.list()).toEqual([meta]);
    expect(readdirSync(folder).sort()).toEqual([meta.id, 'mine.tmp']);
  });

  it('leaves out damaged ones and says so once', async () => {
    const store = storeIn(folder);
    const older = await writeSnapshot(store, testPosition(5), testBytes(10));
    const newer = await writeSnapshot(store, testPosition(8), testBytes(10));
    writeFileSync(fileOf(newer, 'state.bin'), testBytes(9));
    expect(await store.list()).toEqual([older]);
    expect(await store.list()).toEqual([older]);
    expect(errors).toEqual([
      { folder: join(folder, newer.id), error: 'state.bin has 9 bytes instead of 10' },
    ]);
    // It goes as soon as there are two good ones.
    await writeSnapshot(store, testPosition(9), testBytes(10));
    expect(existsSync(join(folder, newer.id))).toBe(false);
    expect(await store.list()).toHaveLength(2);
  });

  it('gives no last chunk of damaged bytes', async () => {
    const store = storeIn(folder);
    const bytes = testBytes(600_000);
    const meta = await writeSnapshot(store, testPosition(5), bytes);
    flipByte(fileOf(meta, 'state.bin'), 3, 1);
    let given = 0;
    const read = async () => {
      for await (const chunk of store.read(meta.id)) given += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/state\.bin is damaged: its checksum is wrong\. .*move its/),
    });
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThan(bytes.length);
  });

  it('finds every changed byte, or has all of it', async () => {
    const store = storeIn(folder);
    const bytes = testBytes(3000);
    const meta = await writeSnapshot(store, testPosition(5), bytes);
    const random = seededRandom(4);
    for (let round = 0; round < 300; round++) {
      const file = fileOf(meta, random() < 0.7 ? 'meta.json' : 'state.bin');
      const offset = Math.floor(random() * statSync(file).size);
      const mask = 1 << Math.floor(random() * 8);
      flipByte(file, offset, mask);
      const [listed] = await storeIn(folder).list();
      const content = listed && (await readSnapshot(store, meta.id).catch(() => undefined));
      // A change of the white space in meta.json means nothing.
      if (content) expect([listed, content.equals(bytes)]).toEqual([meta, true]);
      else if (!listed) await expect(readSnapshot(store, meta.id)).rejects.toThrow('is damaged');
      flipByte(file, offset, mask);
    }
    expect(await store.list()).toEqual([meta]);
  });

  it('leaves out one of a newer program', async () => {
    const store = storeIn(folder);
    const meta = await writeSnapshot(store, testPosition(5), testBytes(10));
    const file = fileOf(meta, 'meta.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'));
    expect(await store.list()).toEqual([]);
    expect(errors).toMatchObject([{ error: expect.stringContaining('it has format 2') }]);
  });

  it('says when there is no room, and leaves nothing behind', async () => {
    const disk = SmallDisk.mount(4);
    if (!disk) return;
    try {
      const store = storeIn(join(disk.path, 'snapshots'));
      const first = await writeSnapshot(store, testPosition(5), testBytes(1000));
      const sink = await store.create(testPosition(6));
      const fill = async () => {
        for (let at = 0; at < 30; at++) await sink.write(testBytes(256 * 1024));
        await sink.finish();
      };
      await expect(fill()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^snapshot write failed: ENOSPC.*6-.*\.tmp/),
      });
      await sink.abort();
      expect(readdirSync(join(disk.path, 'snapshots'))).toEqual([first.id]);
      expect(await writeSnapshot(store, testPosition(7), testBytes(1000))).toBeTruthy();
    } finally {
      disk.unmount();
    }
  });
});
