import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { assert, MeshError } from '@mesh/base';
import type { SnapshotMeta, SnapshotPosition, SnapshotSink } from '@mesh/raft';
import { syncFolderLater } from './durable-folder.ts';
import { encodeMeta } from './snapshot-meta-file.ts';

/** What is gathered before a write to the file, and how much is summed up in one turn. */
const FLUSH_BYTES = 256 * 1024;

/**
 * Synced in pieces: one sync of a large file at the end would hold up those of the log, which share
 * the disk.
 */
const SYNC_BYTES = 1024 * 1024;

export interface FileSinkParts {
  readonly id: string;
  readonly position: SnapshotPosition;
  /** The folder's name once it is complete; until then it has `.tmp` at its end. */
  readonly folder: string;
  /** Called after the snapshot got its name. */
  onFinished(): Promise<void>;
  /** Called once, however it ends. */
  onEnded(): void;
}

/** Writes a snapshot to files: all of it is synced before the folder gets its name. */
export class FileSnapshotSink implements SnapshotSink {
  private handle: FileHandle | undefined;
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private sizeBytes = 0;
  private unsyncedBytes = 0;
  private crc = 0;
  private state: 'open' | 'finished' | 'aborted' = 'open';
  private readonly parts: FileSinkParts;
  private readonly temporary: string;

  constructor(parts: FileSinkParts) {
    this.parts = parts;
    this.temporary = `${parts.folder}.tmp`;
  }

  async start(): Promise<void> {
    await this.guarded(async () => {
      await mkdir(this.temporary, { mode: 0o700 });
      this.handle = await open(join(this.temporary, 'state.bin'), 'wx', 0o600);
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    assert(this.state === 'open', 'a snapshot is written before it is finished');
    for (let from = 0; from < chunk.length; from += FLUSH_BYTES) {
      const piece = chunk.subarray(from, from + FLUSH_BYTES);
      this.crc = crc32(piece, this.crc);
      this.gathered.push(piece);
      this.gatheredBytes += piece.length;
      if (this.gatheredBytes >= FLUSH_BYTES) await this.guarded(() => this.flush());
    }
    this.sizeBytes += chunk.length;
  }

  async finish(): Promise<SnapshotMeta> {
    assert(this.state === 'open', 'a snapshot is finished once');
    const { id, position, folder } = this.parts;
    const { index, term, configuration, configurationIndex } = position;
    const { sizeBytes } = this;
    const meta = { id, index, term, configuration, configurationIndex, sizeBytes };
    await this.guarded(async () => {
      await this.flush();
      await this.handle!.sync();
      await this.closeHandle();
      const content = encodeMeta({ meta, stateCrc: this.crc });
      const file = join(this.temporary, 'meta.json');
      await writeFile(file, content, { mode: 0o600, flag: 'wx', flush: true });
      await syncFolderLater(this.temporary);
      await rename(this.temporary, folder);
      await syncFolderLater(dirname(folder));
    });
    this.state = 'finished';
    this.parts.onEnded();
    await this.parts.onFinished();
    return meta;
  }

  async abort(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'aborted';
    this.gathered = [];
    try {
      await this.closeHandle().catch(() => {});
      await rm(this.temporary, { recursive: true, force: true });
    } finally {
      this.parts.onEnded();
    }
  }

  private async flush(): Promise<void> {
    while (this.gatheredBytes > 0) {
      const { bytesWritten } = await this.handle!.writev(this.gathered);
      this.drop(bytesWritten);
      this.unsyncedBytes += bytesWritten;
    }
    if (this.unsyncedBytes < SYNC_BYTES) return;
    this.unsyncedBytes = 0;
    await this.handle!.datasync();
  }

  /** A write may take less than it is given. */
  private drop(bytes: number): void {
    this.gatheredBytes -= bytes;
    let rest = bytes;
    while (rest > 0) {
      const first = this.gathered[0]!;
      if (first.length > rest) {
        this.gathered[0] = first.subarray(rest);
        return;
      }
      rest -= first.length;
      this.gathered.shift();
    }
  }

  private async closeHandle(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const why = `${(cause as Error).message} (${this.temporary})`;
      throw new MeshError('unavailable', `snapshot write failed: ${why}`, { cause });
    }
  }
}
