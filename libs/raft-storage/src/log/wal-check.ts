import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEAD_BYTES = 24;
/** Magic number of a write-ahead log whose checksums are little-endian; 1 more for big-endian. */
const MAGIC = 0x377f0682;

/** What is wrong with a write-ahead log; undefined when nothing is but what a crash leaves. */
export type WalDamage = string | undefined;

/**
 * Checks SQLite's write-ahead log (sqlite.org/walformat.html) before SQLite opens it: SQLite takes
 * everything from the first wrong checksum on for never written, and so would silently lose commits
 * that were acknowledged. A crash leaves a short tail; a whole frame whose checksum is wrong, and
 * frames of this log behind it, were changed afterwards.
 */
export function checkWal(file: string): WalDamage {
  if (!existsSync(file)) return undefined;
  const { size } = statSync(file);
  if (size < HEADER_BYTES) return undefined;
  const descriptor = openSync(file, 'r');
  try {
    return new WalScan(descriptor, size).damage();
  } finally {
    closeSync(descriptor);
  }
}

class WalScan {
  private readonly descriptor: number;
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private readonly frames: number;
  private readonly frame: Buffer;
  private readonly bigEndian: boolean;
  private sum: [number, number] = [0, 0];

  constructor(descriptor: number, size: number) {
    this.descriptor = descriptor;
    readSync(descriptor, this.header, 0, HEADER_BYTES, 0);
    const pageBytes = this.header.readUInt32BE(8);
    const isPageSize = pageBytes >= 512 && pageBytes <= 65_536;
    this.frame = Buffer.alloc(FRAME_HEAD_BYTES + (isPageSize ? pageBytes : 4096));
    this.frames = Math.floor((size - HEADER_BYTES) / this.frame.length);
    this.bigEndian = this.header.readUInt32BE(0) === MAGIC + 1;
  }

  damage(): WalDamage {
    if (this.header.every((byte) => byte === 0)) return undefined;
    if (!this.isHeaderGood()) {
      // Written before the first frame was: a header alone may be torn.
      return this.frames === 0 ? undefined : 'its header is damaged';
    }
    for (let at = 0; at < this.frames; at++) {
      this.readFrame(at);
      const isOurs = this.hasSalt();
      if (isOurs && this.isFrameGood()) continue;
      if (isOurs) return `frame ${at + 1} is damaged`;
      return this.isFollowed(at) ? `frame ${at + 1} is damaged` : undefined;
    }
    return undefined;
  }

  private isHeaderGood(): boolean {
    const magic = this.header.readUInt32BE(0);
    if (magic !== MAGIC && magic !== MAGIC + 1) return false;
    this.add(this.header, 0, 24);
    return this.isSum(this.header, 24);
  }

  private isFrameGood(): boolean {
    this.add(this.frame, 0, 8);
    this.add(this.frame, FRAME_HEAD_BYTES, this.frame.length);
    return this.isSum(this.frame, 16);
  }

  /** Whether frames of this log come later: a frame without its salt cannot be old bytes then. */
  private isFollowed(at: number): boolean {
    for (let later = at + 1; later < this.frames; later++) {
      this.readFrame(later);
      if (this.hasSalt()) return true;
    }
    return false;
  }

  private hasSalt(): boolean {
    return this.frame.compare(this.header, 16, 24, 8, 16) === 0;
  }

  private readFrame(at: number): void {
    const { frame } = this;
    readSync(this.descriptor, frame, 0, frame.length, HEADER_BYTES + at * frame.length);
  }

  private add(bytes: Buffer, from: number, to: number): void {
    let [first, second] = this.sum;
    for (let at = from; at < to; at += 8) {
      first = (first + this.word(bytes, at) + second) >>> 0;
      second = (second + this.word(bytes, at + 4) + first) >>> 0;
    }
    this.sum = [first, second];
  }

  private word(bytes: Buffer, at: number): number {
    return this.bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }

  private isSum(bytes: Buffer, at: number): boolean {
    return bytes.readUInt32BE(at) === this.sum[0] && bytes.readUInt32BE(at + 4) === this.sum[1];
  }
}
