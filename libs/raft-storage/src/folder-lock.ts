import { existsSync, writeFileSync } from 'node:fs';
import { MeshError } from '@mesh/base';
import Database from 'better-sqlite3';

/**
 * Takes a folder for this process: Node has no file locks, SQLite has. It ends with `release` or with
 * the process, however that ends. Throws MeshError `unavailable` while another holds it.
 */
export function lockFolder(file: string): { release(): void } {
  // Only where it is missing: closing any handle of a locked file drops the process' locks on it (POSIX).
  if (!existsSync(file)) writeFileSync(file, '', { mode: 0o600 });
  const database = new Database(file, { timeout: 0 });
  try {
    // Nothing is ever written, so no file of a journal is wanted.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new MeshError(
      'unavailable',
      `another server runs on this data folder: ${file} is locked. Stop it first, or give this one ` +
        'a data_dir of its own',
      { cause: error },
    );
  }
  return { release: () => database.close() };
}
