import { closeSync, openSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import type { WalSalts } from './wal-scan.ts';

const HEADER_BYTES = 48;

/**
 * The index of SQLite's write-ahead log (sqlite.org/walformat.html, section 2): which of its frames are
 * committed at this moment. The file is shared memory of the connections; it is read, never written.
 */
export class WalIndex {
  private readonly handle: number;
  private readonly header = new DataView(new ArrayBuffer(HEADER_BYTES));

  /**
   * Open it after the connections and close it after them: closing a handle of a file gives up the
   * locks that SQLite holds on it (POSIX).
   */
  constructor(file: string) {
    this.handle = openSync(file, 'r');
  }

  read(): { salts: WalSalts; frames: number } {
    readSync(this.handle, this.header, 0, HEADER_BYTES, 0);
    // Counts are in the machine's order, salts in that of the log.
    const frames = this.header.getUint32(16, endianness() === 'LE');
    return {
      salts: { first: this.header.getUint32(32), second: this.header.getUint32(36) },
      frames,
    };
  }

  close(): void {
    closeSync(this.handle);
  }
}
