import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import Database from 'better-sqlite3';

/**
 * Holds a folder for this process. The lock is the operating system's, on a small SQLite file, and
 * so goes with the process however that ends.
 */
export class FolderLock {
  private readonly database: Database.Database;

  /** Throws MeshError `unavailable` when another process holds it. */
  constructor(folder: string) {
    this.database = new Database(join(folder, 'lock'), { timeout: 0 });
    try {
      this.database.pragma('locking_mode = EXCLUSIVE');
      this.database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      this.database.close();
      throw new MeshError('unavailable', `${folder} is in use by another agent`, { cause });
    }
  }

  release(): void {
    this.database.close();
  }
}
