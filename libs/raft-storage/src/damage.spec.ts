import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry, StoredLog } from '@mesh/raft';
import { faultSetting, seededRandom } from '@mesh/testkit';
import Database from 'better-sqlite3';
import { EntryReader } from './log-database.ts';
import { LogFile } from './log-file.ts';
import { appendedEntries } from './testing/appended-entry.ts';
import {
  copyLog,
  flipByte,
  removeTemporaryFolders,
  temporaryFolder,
} from './testing/temporary-folder.ts';

const FLIPS = faultSetting('LOG_FLIPS', 250);
const SEED = faultSetting('LOG_FLIPS_SEED', 11);
const REFUSAL = /raft\.db(-wal|-mark)? (is damaged|has format).*/s;
const BASE = { index: 40, term: 1 };
const LAST = 260;

/** A log with a history; `live` has its newest part in the write-ahead log, `closed` has none. */
interface Originals {
  readonly live: string;
  readonly closed: string;
  readonly hardState: StoredLog['hardState'];
}

let originals: Originals;
beforeAll(() => {
  originals = makeOriginals();
});
afterAll(removeTemporaryFolders);

function makeOriginals(): Originals {
  const folder = join(temporaryFolder(), 'raft');
  const log = new LogFile({ folder }, () => {});
  const write = (from: number, count: number, commitIndex: number) => {
    const hardState = { term: 3, votedFor: 'server-b', commitIndex };
    log.write({ hardState, entries: appendedEntries(from, count) });
    log.afterWrite();
  };
  log.open();
  write(1, 150, 0);
  log.write({ base: BASE, entries: [] });
  log.afterWrite();
  log.close();
  log.open();
  for (let from = 151; from <= LAST; from += 10) write(from, 10, from - 1);
  const live = copyLog(folder);
  log.close();
  const hardState = { term: 3, votedFor: 'server-b', commitIndex: LAST - 10 };
  return { live, closed: copyLog(folder), hardState };
}

/** Opens a log and reads all of it. */
function openLog(folder: string): { stored: StoredLog; entries: LogEntry[] } {
  const log = new LogFile({ folder }, () => {});
  const stored = log.open();
  const reader = new Database(join(folder, 'raft.db'), { readonly: true });
  try {
    const { base, lastIndex } = stored;
    const all = Number.MAX_SAFE_INTEGER;
    const entries = new EntryReader(reader).read(base.index + 1, lastIndex, all, true);
    return { stored, entries };
  } finally {
    reader.close();
    log.close();
  }
}

function expectIntact(folder: string): void {
  const { stored, entries } = openLog(folder);
  expect(stored).toEqual({ hardState: originals.hardState, base: BASE, lastIndex: LAST });
  const expected = appendedEntries(BASE.index + 1, LAST - BASE.index);
  const same = expected.every((entry, at) => {
    const found = entries[at]!;
    return (
      found.term === entry.term &&
      found.kind === entry.kind &&
      Buffer.compare(found.data, entry.data) === 0
    );
  });
  expect(same && entries.length === expected.length).toBe(true);
}

function expectRefusal(folder: string, message: RegExp = REFUSAL): void {
  expect(() => openLog(folder)).toThrow(message);
}

describe('a log with one byte changed', () => {
  it.each([
    ['live', 'raft.db'],
    ['live', 'raft.db-wal'],
    ['live', 'raft.db-mark'],
    ['closed', 'raft.db'],
    ['closed', 'raft.db-mark'],
  ] as const)('%s: %s is refused, or all of it is there', (which, name) => {
    const random = seededRandom(SEED);
    const original = originals[which];
    const size = Math.min(statSync(join(original, name)).size, usedBytes(original, name));
    const outcomes = { refused: 0, intact: 0 };
    for (let at = 0; at < FLIPS / 5; at++) {
      const folder = copyLog(original);
      const offset = Math.floor(random() * size);
      const mask = 1 << Math.floor(random() * 8);
      flipByte(join(folder, name), offset, mask);
      try {
        expectIntact(folder);
        outcomes.intact++;
      } catch (error) {
        const { message } = error as Error;
        if (!REFUSAL.test(message)) throw new Error(`byte ${offset} ^ ${mask}: ${message}`);
        outcomes.refused++;
      }
      rmSync(folder, { recursive: true });
    }
    // Something must have been tried on what matters.
    if (name === 'raft.db-mark') expect(outcomes.refused).toBe(0);
    else expect(outcomes.refused).toBeGreaterThan(FLIPS / 20);
  });

  /** The write-ahead log is larger than what is in it. */
  function usedBytes(folder: string, name: string): number {
    if (name !== 'raft.db-wal') return Number.POSITIVE_INFINITY;
    return readFileSync(join(folder, name)).findLastIndex((byte) => byte !== 0) + 1;
  }
});

describe('what a crash leaves', () => {
  const wal = (folder: string) => join(folder, 'raft.db-wal');
  const frameEnd = (frames: number) => 32 + frames * (24 + 4096);
  const acknowledged = () => readFileSync(join(originals.live, 'raft.db-mark')).readUInt32BE(12);

  it('is all there when the unused rest of the file holds anything', () => {
    const folder = copyLog(originals.live);
    const bytes = readFileSync(wal(folder));
    bytes.fill(0x5a, frameEnd(acknowledged()));
    writeFileSync(wal(folder), bytes);
    expectIntact(folder);
  });

  it('is all there with the beginning of a transaction behind it', () => {
    const folder = copyLog(originals.live);
    const bytes = readFileSync(wal(folder));
    // A frame of this life without its commit: salts fit, the checksum does not.
    bytes.copy(bytes, frameEnd(acknowledged()), frameEnd(3), frameEnd(4));
    bytes.writeUInt32BE(0, frameEnd(acknowledged()) + 4);
    writeFileSync(wal(folder), bytes);
    expectIntact(folder);
  });

  it('is whole up to the last commit when power failed and the mark is old', () => {
    for (const cut of [1, 5000, 30_000]) {
      const folder = copyLog(originals.live);
      rmSync(join(folder, 'raft.db-mark'));
      truncateSync(wal(folder), frameEnd(acknowledged()) - cut);
      const { stored } = openLog(folder);
      expect(stored.lastIndex).toBeGreaterThanOrEqual(150);
      expect(stored.lastIndex).toBeLessThan(LAST);
    }
  });

  it('is refused without what was acknowledged', () => {
    const shorter = copyLog(originals.live);
    truncateSync(wal(shorter), frameEnd(acknowledged()) - 1);
    expectRefusal(shorter, /raft\.db-wal is damaged: only \d+ of \d+ frames/);
    const without = copyLog(originals.live);
    rmSync(wal(without));
    expectRefusal(without, /raft\.db-wal is damaged: it is missing or empty/);
    const empty = copyLog(originals.live);
    truncateSync(wal(empty), 0);
    expectRefusal(empty, /raft\.db-wal is damaged: it is missing or empty/);
  });

  it('is refused when a later transaction is there, whatever the mark says', () => {
    const folder = copyLog(originals.live);
    rmSync(join(folder, 'raft.db-mark'));
    flipByte(wal(folder), frameEnd(4) + 100, 1);
    expectRefusal(folder, /raft\.db-wal is damaged: frame 5 .* later ones/);
  });

  it('is refused with the log of another database', () => {
    const other = join(temporaryFolder(), 'raft');
    const log = new LogFile({ folder: other }, () => {});
    log.open();
    log.write({ entries: appendedEntries(1, 5) });
    log.afterWrite();
    const strange = readFileSync(wal(copyLog(other)));
    log.close();
    const folder = copyLog(originals.live);
    // Salts are random: half of the time the other log could be a later one of the same.
    const own = readFileSync(wal(folder)).readUInt32BE(16);
    strange.writeUInt32BE((own - 5) >>> 0, 16);
    writeFileSync(wal(folder), strange);
    expectRefusal(folder, /raft\.db-wal is damaged/);
  });
});

describe('a database that is no log', () => {
  const database = (folder: string) => join(folder, 'raft.db');

  it('is refused when it is gone', () => {
    const folder = copyLog(originals.closed);
    rmSync(database(folder));
    expectRefusal(folder, /raft\.db is damaged: it is missing or empty/);
    const empty = copyLog(originals.closed);
    truncateSync(database(empty), 0);
    expectRefusal(empty, /raft\.db is damaged: it is missing or empty/);
  });

  it('is refused when it is cut short or something else', () => {
    const shorter = copyLog(originals.closed);
    truncateSync(database(shorter), statSync(database(shorter)).size - 4096);
    expectRefusal(shorter);
    const other = copyLog(originals.closed);
    writeFileSync(database(other), 'x'.repeat(9000));
    expectRefusal(other);
  });

  it('is refused when a newer program wrote it', () => {
    const folder = copyLog(originals.closed);
    const connection = new Database(database(folder));
    connection.pragma('user_version = 2');
    connection.close();
    expectRefusal(folder, /raft\.db has format 2, this program knows up to 1/);
  });

  it.each([
    ['DELETE FROM log WHERE idx = 100', /entry 100 is not what was written/],
    ['UPDATE log SET term = term + 1 WHERE idx = 120', /entry 120/],
    ["UPDATE state SET text = replace(text, 'server-b', 'server-a')", /term and vote/],
    ['DELETE FROM state', /term and vote/],
    ['CREATE TABLE more (x)', /its tables/],
  ])('is refused after %s', (statement, message) => {
    const folder = copyLog(originals.closed);
    const connection = new Database(database(folder));
    connection.exec(statement);
    connection.close();
    expectRefusal(folder, message);
    expect(() => openLog(folder)).toThrow('move its raft folder away');
  });
});
