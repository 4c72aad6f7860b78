import { closeSync, existsSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { WalSalts } from './wal-scan.ts';

/** How far the write-ahead log was acknowledged. */
export interface WalPoint {
  readonly salts: WalSalts;
  /** Frames, from the log's beginning, whose transactions were reported as stored. */
  readonly frames: number;
  /** A write failed half-way under these salts: what it left behind the frames means nothing. */
  readonly hasLeftovers: boolean;
}

const MAGIC = 0x4d4d4b31;
const BYTES = 24;

/**
 * A small file beside the database: how much of its write-ahead log was acknowledged. Only so can a
 * flipped bit in the newest transaction be told from the torn tail of one that was never acknowledged.
 *
 * It is written after each commit and not synced: when a process is killed, the page cache has it; when
 * power fails it may be old, and then it claims less than was acknowledged, never more. `clear` is
 * synced, and comes before the frames that a mark speaks of are taken out of the log.
 */
export class WalMark {
  private readonly handle: number;
  private readonly view = new DataView(new ArrayBuffer(BYTES));
  private isClear = false;

  /** Opens the file or makes it. */
  constructor(file: string) {
    this.handle = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
  }

  set({ salts, frames, hasLeftovers }: WalPoint): void {
    const { view } = this;
    view.setUint32(0, MAGIC);
    view.setUint32(4, salts.first);
    view.setUint32(8, salts.second);
    view.setUint32(12, frames);
    view.setUint32(16, hasLeftovers ? 1 : 0);
    view.setUint32(20, crc32(new Uint8Array(view.buffer, 0, BYTES - 4)));
    writeSync(this.handle, view, 0, BYTES, 0);
    this.isClear = false;
  }

  /** Claims nothing any more, durably. */
  clear(): void {
    if (this.isClear) return;
    this.set({ salts: { first: 0, second: 0 }, frames: 0, hasLeftovers: false });
    fdatasyncSync(this.handle);
    this.isClear = true;
  }

  close(): void {
    closeSync(this.handle);
  }
}

/** What the file says: undefined where it is missing or not readable as a mark, which claims nothing. */
export function readWalMark(file: string): WalPoint | undefined {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, 'r');
  try {
    const view = new DataView(new ArrayBuffer(BYTES));
    if (readSync(handle, view, 0, BYTES, 0) !== BYTES || view.getUint32(0) !== MAGIC)
      return undefined;
    if (view.getUint32(20) !== crc32(new Uint8Array(view.buffer, 0, BYTES - 4))) return undefined;
    const salts = { first: view.getUint32(4), second: view.getUint32(8) };
    return { salts, frames: view.getUint32(12), hasLeftovers: view.getUint32(16) === 1 };
  } finally {
    closeSync(handle);
  }
}
