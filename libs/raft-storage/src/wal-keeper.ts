import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Database, Statement } from 'better-sqlite3';
import { WalIndex } from './wal-index.ts';
import { WalMark } from './wal-mark.ts';
import type { WalSalts } from './wal-scan.ts';
import type { LogFiles } from './wal-verification.ts';

/** The log keeps this much of its file from the start: syncing is much dearer while a file grows. */
const ALLOCATED_BYTES = 4 * 1024 * 1024;
/** Beyond these frames (of 4 KiB) it is copied into the database when nothing else is to be done... */
const IDLE_FRAMES = 512;
const IDLE_MS = 20;
/** ... and beyond these at once. More means less is copied twice, and a longer pause. */
const MOST_FRAMES = 2048;
/** After a copy that failed it is tried again when the log has grown by this. */
const RETRY_FRAMES = 256;
/** What a huge write leaves allocated. */
const KEPT_BYTES = 4 * MOST_FRAMES * 4096;

/** Looks after the write-ahead log of an open database: marks what is acknowledged, copies it in time. */
export class WalKeeper {
  private salts: WalSalts = { first: 0, second: 0 };
  private hasLeftovers = false;
  private tryAgainAt = 0;
  private lastWarning = '';
  private idle: NodeJS.Timeout | undefined;
  private readonly files: LogFiles;
  private readonly warn: (message: string) => void;
  private readonly mark: WalMark;
  private readonly index: WalIndex;
  private readonly passive: Statement;
  private readonly truncate: Statement;

  /** Starts the log afresh. */
  constructor(database: Database, files: LogFiles, warn: (message: string) => void) {
    this.files = files;
    this.warn = warn;
    this.passive = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.truncate = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)');
    database.pragma(`journal_size_limit = ${KEPT_BYTES}`);
    this.mark = new WalMark(files.mark);
    this.index = new WalIndex(files.walIndex);
    this.mark.clear();
    this.truncate.get();
  }

  /** Gives the file of the log its size. Call it once there is something in it. */
  allocate(): void {
    const handle = openSync(this.files.wal, 'r+');
    const { size } = fstatSync(handle);
    try {
      const missing = ALLOCATED_BYTES - size;
      if (missing <= 0) return;
      // Written, not only reserved: the first write into a reserved block is a change of the file too.
      writeSync(handle, new Uint8Array(missing), 0, missing, size);
      fdatasyncSync(handle);
    } catch {
      // No room: then it grows as it must.
      ftruncateSync(handle, size);
    } finally {
      closeSync(handle);
    }
  }

  /** A write was committed. What fails here is told, and takes nothing away from the write. */
  committed(): void {
    try {
      this.follow();
    } catch (error) {
      this.tell(`the write-ahead log is not looked after: ${(error as Error).message}`);
    }
  }

  private follow(): void {
    const { salts, frames } = this.index.read();
    if (salts.first !== this.salts.first || salts.second !== this.salts.second) {
      this.salts = salts;
      this.hasLeftovers = false;
      this.tryAgainAt = 0;
    }
    this.mark.set({ salts, frames, hasLeftovers: this.hasLeftovers });
    if (frames >= MOST_FRAMES) this.copy(frames);
    else if (frames >= IDLE_FRAMES) this.copyWhenIdle();
  }

  /** A write failed: frames of it may lie behind the acknowledged ones. */
  failed(): void {
    this.hasLeftovers = true;
    try {
      this.mark.set({ ...this.index.read(), hasLeftovers: true });
    } catch (error) {
      this.tell(`the write-ahead log is not looked after: ${(error as Error).message}`);
    }
  }

  /** Empties the log, as far as that works. Then close the database, then `close`. */
  drain(): void {
    clearTimeout(this.idle);
    try {
      this.mark.clear();
      this.truncate.get();
    } catch (error) {
      this.tell(`the write-ahead log stays as it is: ${(error as Error).message}`);
    }
  }

  close(): void {
    clearTimeout(this.idle);
    this.index.close();
    this.mark.close();
  }

  private copyWhenIdle(): void {
    if (this.idle) this.idle.refresh();
    else {
      this.idle = setTimeout(() => {
        this.idle = undefined;
        this.copy(this.index.read().frames);
      }, IDLE_MS);
    }
  }

  /** Once all is copied the next write starts at the beginning of the file again. */
  private copy(frames: number): void {
    if (frames < this.tryAgainAt) return;
    this.tryAgainAt = frames + RETRY_FRAMES;
    try {
      this.passive.get();
      this.lastWarning = '';
    } catch (error) {
      this.tell(`copying the write-ahead log failed: ${(error as Error).message}`);
    }
  }

  /** Once, until something works again: a full disk fails every time. */
  private tell(warning: string): void {
    if (warning !== this.lastWarning) this.warn(warning);
    this.lastWarning = warning;
  }
}
