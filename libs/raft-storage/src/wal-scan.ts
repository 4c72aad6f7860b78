import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

// The write-ahead log of SQLite (sqlite.org/fileformat2.html, section 4): a header of 32 bytes, then
// frames of a 24-byte header and one page each. Checksums run on from frame to frame. SQLite takes what
// comes before the first frame that does not fit, and drops the rest without a word: right after a
// crash, wrong when a bit of something acknowledged has flipped. Hence this reader.

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;
const READ_BYTES = 1024 * 1024;

/** Names one life of a write-ahead log: SQLite changes both numbers when it starts over. */
export interface WalSalts {
  readonly first: number;
  readonly second: number;
}

/** What is in a write-ahead log. */
export type WalScan =
  /** No file, an empty one, or one without a single frame. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad-header' }
  | {
      readonly kind: 'frames';
      readonly salts: WalSalts;
      /** Frames up to the end of the last transaction that SQLite will see. */
      readonly committed: number;
      /** Number of the first frame that does not fit, where a later transaction is all there. */
      readonly brokenBefore: number | undefined;
    };

interface Checksum {
  first: number;
  second: number;
}

/** Reads a whole write-ahead log. Throws what the file system throws. */
export function scanWal(file: string): WalScan {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return { kind: 'empty' };
    throw error;
  }
  try {
    return scan(new WalReader(handle));
  } finally {
    closeSync(handle);
  }
}

function scan(reader: WalReader): WalScan {
  const header = reader.take(HEADER_BYTES);
  if (!header) return { kind: 'empty' };
  const at = (offset: number) => header.getUint32(offset);
  const magic = at(0);
  const littleEndian = magic === MAGIC;
  const pageBytes = at(8);
  const sums = { first: 0, second: 0 };
  addWords(sums, header, HEADER_BYTES - 8, littleEndian);
  const fits = sums.first === at(24) && sums.second === at(28);
  if ((magic | 1) !== (MAGIC | 1) || !isPageSize(pageBytes) || !fits) {
    return reader.sizeBytes > HEADER_BYTES + FRAME_HEADER_BYTES
      ? { kind: 'bad-header' }
      : { kind: 'empty' };
  }
  const salts = { first: at(16), second: at(20) };
  return scanFrames(reader, { salts, sums, pageBytes, littleEndian });
}

/** The chain of frames until it breaks; then what came after it. */
function scanFrames(
  reader: WalReader,
  format: { salts: WalSalts; sums: Checksum; pageBytes: number; littleEndian: boolean },
): WalScan {
  const { salts, pageBytes, littleEndian } = format;
  let { sums } = format;
  let committed = 0;
  let count = 0;
  /** First frame that does not fit; its transaction ends at the next commit frame. */
  let broken: number | undefined;
  let brokenEnded = false;
  for (;;) {
    const frame = reader.take(FRAME_HEADER_BYTES + pageBytes);
    if (!frame) break;
    count++;
    const isCommit = frame.getUint32(4) !== 0;
    const ours = frame.getUint32(8) === salts.first && frame.getUint32(12) === salts.second;
    const stored = { first: frame.getUint32(16), second: frame.getUint32(20) };
    addFrame(sums, frame, littleEndian);
    const fits = ours && sums.first === stored.first && sums.second === stored.second;
    // Where the chain is broken each frame is judged by the one before it.
    sums = stored;
    if (broken === undefined) {
      if (fits) {
        if (isCommit) committed = count;
        continue;
      }
      broken = count;
    }
    if (brokenEnded && fits && isCommit) {
      return { kind: 'frames', salts, committed, brokenBefore: broken };
    }
    if (ours && isCommit) brokenEnded = true;
  }
  return { kind: 'frames', salts, committed, brokenBefore: undefined };
}

function isPageSize(bytes: number): boolean {
  return bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) === 0;
}

/** A frame's checksum covers the first 8 bytes of its header and the page. */
function addFrame(sums: Checksum, frame: DataView, littleEndian: boolean): void {
  addWords(sums, frame, 8, littleEndian);
  const pageBytes = frame.byteLength - FRAME_HEADER_BYTES;
  const page = new DataView(frame.buffer, frame.byteOffset + FRAME_HEADER_BYTES, pageBytes);
  addWords(sums, page, pageBytes, littleEndian);
}

function addWords(sums: Checksum, view: DataView, bytes: number, littleEndian: boolean): void {
  let { first, second } = sums;
  for (let at = 0; at < bytes; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) | 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) | 0;
  }
  sums.first = first >>> 0;
  sums.second = second >>> 0;
}

/** Reads a file front to back, in pieces of about a mebibyte. */
class WalReader {
  readonly sizeBytes: number;
  private readonly handle: number;
  private buffer = new Uint8Array(READ_BYTES);
  private from = 0;
  private to = 0;

  constructor(handle: number) {
    this.handle = handle;
    this.sizeBytes = fstatSync(handle).size;
  }

  /** The next `bytes` bytes, valid until the next call; undefined where the file has fewer left. */
  take(bytes: number): DataView | undefined {
    while (this.to - this.from < bytes) {
      this.buffer.copyWithin(0, this.from, this.to);
      this.to -= this.from;
      this.from = 0;
      const read = readSync(this.handle, this.buffer, this.to, this.buffer.length - this.to, null);
      if (read === 0) return undefined;
      this.to += read;
    }
    const view = new DataView(this.buffer.buffer, this.from, bytes);
    this.from += bytes;
    return view;
  }
}
