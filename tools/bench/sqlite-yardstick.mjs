/**
 * What the disk and SQLite can do: durable transactions (WAL, synchronous=FULL) of BATCH rows of 100 bytes,
 * one after the other.
 *   node tools/bench/sqlite-yardstick.mjs FOLDER BATCH SECONDS    prints rows a second
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export const sqliteScript = fileURLToPath(import.meta.url);

if (process.argv[1] === sqliteScript) measure(...process.argv.slice(2));

function measure(parent, batchText, secondsText) {
  const batch = Number(batchText);
  const folder = mkdtempSync(join(parent, 'sqlite-'));
  const database = new Database(join(folder, 'bare.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE log (id INTEGER PRIMARY KEY, data BLOB NOT NULL)');
  const insert = database.prepare('INSERT INTO log (data) VALUES (?)');
  const data = Buffer.alloc(100, 'x');
  const commit = database.transaction(() => {
    for (let at = 0; at < batch; at++) insert.run(data);
  });
  const startedAt = performance.now();
  const endAt = startedAt + Number(secondsText) * 1000;
  let rows = 0;
  for (; performance.now() < endAt; rows += batch) commit();
  console.log(rows / ((performance.now() - startedAt) / 1000));
  database.close();
  rmSync(folder, { recursive: true });
}
