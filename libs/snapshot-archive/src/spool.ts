import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, MeshError } from '@mesh/base';

export interface SpoolOptions {
  /** Where the file goes, if one is needed. It has no name there: a crash leaves nothing behind. */
  readonly folder: string;
  /** Kept in memory up to here, bytes. @default 8 MiB */
  readonly memoryBytes?: number;
}

const DEFAULT_MEMORY_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 64 * 1024;

/** Bytes that are needed twice, and may be too many for memory. Written once, then read any number of times. */
export class Spool {
  private readonly options: SpoolOptions;
  private chunks: Uint8Array[] = [];
  private file: FileHandle | undefined;
  private bytes = 0;

  constructor(options: SpoolOptions) {
    this.options = options;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  /** Keeps the chunk; the caller does not change it any more. Rejects with `unavailable`: disk full. */
  async write(chunk: Uint8Array): Promise<void> {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    const { memoryBytes = DEFAULT_MEMORY_BYTES } = this.options;
    const isSmall = this.bytes <= memoryBytes;
    if (!this.file && isSmall) return;
    await guarded(async () => {
      this.file ??= await openNameless(this.options.folder);
      const pending = this.chunks;
      this.chunks = [];
      for (const each of pending) await writeAll(this.file, each);
    });
  }

  /** All of it, from the start. */
  async *read(): AsyncGenerator<Uint8Array> {
    const { file } = this;
    if (!file) {
      yield* this.chunks;
      return;
    }
    for (let at = 0; at < this.bytes; ) {
      const length = Math.min(READ_BYTES, this.bytes - at);
      const piece = Buffer.allocUnsafe(length);
      const { bytesRead } = await guarded(() => file.read(piece, 0, length, at));
      if (bytesRead === 0) throw new MeshError('unavailable', 'a spooled snapshot lost its end');
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }

  /** Frees memory and disk; idempotent. */
  async dispose(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    this.chunks = [];
    this.bytes = 0;
    await file?.close();
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const place = await mkdtemp(join(folder, '.snapshot-'));
  try {
    return await open(join(place, 'spool'), 'wx+', 0o600);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function writeAll(file: FileHandle | undefined, bytes: Uint8Array): Promise<void> {
  assert(file, 'the file is open');
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof MeshError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeshError('unavailable', `the snapshot could not be spooled: ${why}`, { cause });
  }
}
