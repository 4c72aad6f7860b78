import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MeshError } from '@mesh/base';
import type { LogWrite, StoredLog } from '@mesh/raft';
import type { Database } from 'better-sqlite3';
import { damaged } from './damage.ts';
import { preparePrivateFolder, syncFolder } from './durable-folder.ts';
import { lockFolder } from './folder-lock.ts';
import { LogDatabase } from './log-database.ts';
import { openDatabase } from './log-verification.ts';
import { WalKeeper } from './wal-keeper.ts';
import { type LogFiles, verifyWal } from './wal-verification.ts';

export interface LogFileOptions {
  /** The raft folder; made where it is missing. */
  readonly folder: string;
}

/** A server's log on disk: raft.db in the raft folder. Synchronous, so it lives in a thread of its own. */
export class LogFile {
  private lock: { release(): void } | undefined;
  private database: Database | undefined;
  private log: LogDatabase | undefined;
  private wal: WalKeeper | undefined;
  private readonly folder: string;
  private readonly files: LogFiles;
  private readonly warn: (message: string) => void;

  /** `warn` is told of what went wrong without consequence for a write. */
  constructor({ folder }: LogFileOptions, warn: (message: string) => void) {
    this.folder = folder;
    this.files = logFiles(folder);
    this.warn = warn;
  }

  open(): StoredLog {
    preparePrivateFolder(this.folder);
    this.lock = lockFolder(join(this.folder, 'lock'));
    try {
      const { files } = this;
      if (isMissing(files.database) && existsSync(files.mark)) {
        throw damaged(files.database, 'it is missing or empty, and there was a log');
      }
      verifyWal(files);
      const { database, stored } = openDatabase(files.database);
      this.database = database;
      this.wal = new WalKeeper(database, files, this.warn);
      this.log = new LogDatabase(database, stored, { checksums: true });
      // Something must be in the write-ahead log before it can be given its size.
      this.log.apply({ hardState: stored.hardState, entries: [] });
      this.wal.allocate();
      this.wal.committed();
      syncFolder(this.folder);
      return stored;
    } catch (error) {
      this.close();
      if (error instanceof MeshError) throw error;
      const why = `${(error as Error).message} (${this.files.database})`;
      throw new MeshError('unavailable', `cannot open the log: ${why}`, { cause: error });
    }
  }

  /** All of it is on stable storage when this returns; none of it when it throws. */
  write(write: LogWrite): void {
    try {
      this.log!.apply(write);
    } catch (error) {
      this.wal!.failed();
      const why = `${(error as Error).message} (${this.files.database})`;
      throw new MeshError('unavailable', `log write failed: ${why}`, { cause: error });
    }
  }

  /** What need not be done before a write is acknowledged. */
  afterWrite(): void {
    this.wal!.committed();
  }

  close(): void {
    this.wal?.drain();
    this.database?.close();
    this.wal?.close();
    this.lock?.release();
    this.database = undefined;
    this.wal = undefined;
    this.lock = undefined;
  }
}

function logFiles(folder: string): LogFiles {
  const database = join(folder, 'raft.db');
  return {
    database,
    wal: `${database}-wal`,
    walIndex: `${database}-shm`,
    mark: `${database}-mark`,
  };
}

function isMissing(file: string): boolean {
  return !existsSync(file) || statSync(file).size === 0;
}
