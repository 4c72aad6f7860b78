import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Clock } from '@mesh/base';

/** File name when the path names a folder, as the original's. */
const DEFAULT_NAME = 'consul.log';

export interface FileSinkOptions {
  /** Path of the file; one that ends with a slash is a folder. */
  readonly file: string;
  /** Size at which a new file is begun; 0 for no limit. */
  readonly rotateBytes: number;
  /** Age at which a new file is begun, milliseconds; 0 for no limit. @default 24 hours */
  readonly rotateDurationMs: number;
  /** Older files kept: 0 keeps all, -1 none. */
  readonly rotateMaxFiles: number;
  readonly clock: Clock;
}

export interface FileSink {
  /** Appends whole lines; begins a new file when the current one is full or old. */
  write(text: string): void;
  close(): void;
}

/**
 * Opens a log file for appending, mode 0600, its folder being made as needed. A full file is renamed
 * to NAME-TIME.EXT. Throws when the file cannot be opened; a later write that fails drops its lines
 * (a full disk must not end the agent).
 */
export function openFileSink(options: FileSinkOptions): FileSink {
  return new RotatingFile(options);
}

class RotatingFile implements FileSink {
  private readonly options: FileSinkOptions;
  private readonly path: string;
  private handle: number;
  private sizeBytes = 0;
  private openedAtMs = 0;

  constructor(options: FileSinkOptions) {
    this.options = options;
    const folder = options.file.endsWith('/');
    this.path = folder ? join(options.file, DEFAULT_NAME) : options.file;
    makeFolder(dirname(this.path));
    this.handle = this.open();
  }

  write(text: string): void {
    try {
      if (this.due()) this.rotate();
      if (this.handle < 0) this.handle = this.open();
      this.sizeBytes += writeSync(this.handle, text);
    } catch {
      // The lines also went to the main sink; trying again with the next ones is all that is left.
    }
  }

  close(): void {
    if (this.handle >= 0) closeSync(this.handle);
    this.handle = -1;
  }

  private open(): number {
    const handle = openSync(this.path, 'a', 0o600);
    this.sizeBytes = statSync(this.path).size;
    this.openedAtMs = this.options.clock.monotonicMs();
    return handle;
  }

  private due(): boolean {
    const { rotateBytes, rotateDurationMs, clock } = this.options;
    if (rotateBytes > 0 && this.sizeBytes >= rotateBytes) return true;
    return rotateDurationMs > 0 && clock.monotonicMs() - this.openedAtMs >= rotateDurationMs;
  }

  private rotate(): void {
    this.close();
    const ext = extname(this.path);
    const stem = this.path.slice(0, this.path.length - ext.length);
    // Nanoseconds, as the original names its files; they sort by age.
    let stamp = BigInt(Math.floor(this.options.clock.nowMs())) * 1_000_000n;
    while (exists(`${stem}-${stamp}${ext}`)) stamp++;
    renameSync(this.path, `${stem}-${stamp}${ext}`);
    this.prune(basename(stem), ext);
  }

  private prune(stem: string, ext: string): void {
    const { rotateMaxFiles } = this.options;
    if (rotateMaxFiles === 0) return;
    const folder = dirname(this.path);
    const old = readdirSync(folder)
      .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(ext))
      .filter((name) => /^\d+$/.test(name.slice(stem.length + 1, name.length - ext.length)))
      .sort();
    const keep = Math.max(0, rotateMaxFiles);
    for (const name of old.slice(0, Math.max(0, old.length - keep))) rmSync(join(folder, name));
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Makes a folder and those above it. Node's own recursive way never ends where /proc refuses. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path);
}
