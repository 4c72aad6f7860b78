import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '@mesh/testkit';
import Database from 'better-sqlite3';
import { removeTemporaryFolders, temporaryFolder } from './testing/temporary-folder.ts';
import { scanWal } from './wal-scan.ts';

afterAll(removeTemporaryFolders);

/** A write-ahead log of as many transactions, as SQLite writes it. */
function makeWal(transactions: number): { file: string; frames: number } {
  const name = join(temporaryFolder(), 'some.db');
  const database = new Database(name);
  database.pragma('journal_mode = WAL');
  database.pragma('wal_autocheckpoint = 0');
  database.exec('CREATE TABLE some (bytes BLOB)');
  const insert = database.prepare('INSERT INTO some VALUES (randomblob(9000))');
  for (let at = 0; at < transactions; at++) insert.run();
  const [{ log }] = database.pragma('wal_checkpoint(PASSIVE)') as [{ log: number }];
  const file = join(temporaryFolder(), 'wal');
  writeFileSync(file, readFileSync(`${name}-wal`));
  database.close();
  return { file, frames: log };
}

describe('scanWal', () => {
  it('sees as many frames as SQLite', () => {
    const { file, frames } = makeWal(400);
    expect(frames).toBeGreaterThan(1000);
    expect(scanWal(file)).toMatchObject({ committed: frames, brokenBefore: undefined });
  });

  it('has nothing to say of a file that is not there, or empty', () => {
    const file = join(temporaryFolder(), 'wal');
    expect(scanWal(file)).toEqual({ kind: 'empty' });
    writeFileSync(file, '');
    expect(scanWal(file)).toEqual({ kind: 'empty' });
  });

  it('ends at the last whole transaction, wherever the file is cut', () => {
    const { file, frames } = makeWal(3);
    const bytes = readFileSync(file);
    const random = seededRandom(5);
    for (let round = 0; round < 60; round++) {
      writeFileSync(file, bytes.subarray(0, Math.floor(random() * bytes.length)));
      const scan = scanWal(file);
      if (scan.kind === 'frames') {
        expect(scan.committed).toBeLessThan(frames);
        expect(scan.brokenBefore).toBeUndefined();
      } else {
        expect(scan.kind).toBe('empty');
      }
    }
  });

  it('takes any bytes', () => {
    const { file } = makeWal(2);
    const bytes = readFileSync(file);
    const random = seededRandom(6);
    for (let round = 0; round < 200; round++) {
      const changed = Buffer.from(bytes);
      for (let at = 0; at < 1 + random() * 40; at++) {
        const reach = random() < 0.5 ? 80 : changed.length;
        changed[Math.floor(random() * reach)] = Math.floor(random() * 256);
      }
      writeFileSync(file, changed);
      expect(['empty', 'bad-header', 'frames']).toContain(scanWal(file).kind);
    }
  });
});
